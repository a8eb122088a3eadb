package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.DeviceKernels;
import dev.chagres.ffm.Pinned;
import dev.chagres.ffm.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A stream of a device with its kernels, a pinned page for results and one for arguments. Used by one thread at a
/// time, not always the same one; closing it waits for the stream and gives it back to its site.
final class DeviceWork implements AutoCloseable {
    /// Bytes of each of the two pages.
    static final long PAGE = 64 << 10;

    private final DeviceSite site;
    private final Stream stream;
    private final DeviceKernels kernels;
    private Pinned pages;
    /// What is done once everything that the stream was asked for is done.
    private final List<Runnable> later = new ArrayList<>();
    /// Whether some of it is to be done before this work asks for memory.
    private boolean lends;

    /// @throws DeviceException if the device has no stream or no pages for it
    DeviceWork(DeviceSite site) {
        this.site = site;
        this.stream = site.device().stream();
        this.kernels = new DeviceKernels(stream);
        try {
            this.pages = site.device().pinned(2 * PAGE);
        } catch (RuntimeException | Error e) {
            stream.close();
            throw e;
        }
    }

    Device device() {
        return site.device();
    }

    Stream stream() {
        return stream;
    }

    DeviceKernels kernels() {
        return kernels;
    }

    /// Pinned memory for results that the host waits for, [#PAGE] bytes.
    MemorySegment results() {
        return pages.segment().asSlice(0, PAGE);
    }

    /// Pinned memory for arguments, [#PAGE] bytes; it must stay as it is until [#sync()].
    MemorySegment arguments() {
        return pages.segment().asSlice(PAGE, PAGE);
    }

    /// Tensors of the host on the device.
    DeviceTensors tensors() {
        return site.tensors();
    }

    /// Memory of the device with arbitrary content, for which copies that nobody uses give way.
    ///
    /// @param bytes 0 gives a buffer of one byte
    /// @throws DeviceException if the slab has no such region
    DeviceBuffer allocate(long bytes) {
        return allocate(bytes, DeviceTensors.Region.WORK);
    }

    /// As [#allocate(long)].
    DeviceBuffer allocate(long bytes, DeviceTensors.Region region) {
        if (lends) {
            sync();
        }
        return site.tensors().allocate(Math.max(1, bytes), region, this);
    }

    /// Gives memory back at the next [#sync()]; nothing that this stream is asked for afterwards uses it.
    void release(DeviceBuffer buffer) {
        stream.release(buffer);
    }

    /// Waits until all work is done.
    ///
    /// @throws DeviceException if the device has failed
    void sync() {
        stream.sync();
        runLater();
    }

    /// Does something once all that the stream has been asked for until now is done, at the next [#sync()].
    void afterSync(Runnable task) {
        later.add(task);
    }

    /// As [#afterSync], for what others may wait for: this work waits for its stream before it asks for memory itself.
    void beforeMemory(Runnable task) {
        lends = true;
        later.add(task);
    }

    private void runLater() {
        lends = false;
        List<Runnable> tasks = List.copyOf(later);
        later.clear();
        tasks.forEach(Runnable::run);
    }

    /// Waits until all work is done and gives the stream back. Memory is back, too, even if the device has failed.
    ///
    /// @throws DeviceException if the device has failed
    @Override
    public void close() {
        try {
            sync();
        } catch (RuntimeException | Error e) {
            Closing.after(e, this::end);
            throw e;
        }
        if (!site.takeBack(this)) {
            end();
        }
    }

    /// Closes stream and pages.
    void end() {
        try {
            stream.close();
        } finally {
            runLater();
            pages.close();
        }
    }
}
