package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Work of a device, done in the order in which it was asked for, later than the calls. Used by one thread at a time.
public final class Stream implements AutoCloseable {
    private final Device device;
    private final MemorySegment handle;
    /// Given back once their last work is done.
    private final List<DeviceBuffer> released = new ArrayList<>();
    private boolean closed;

    Stream(Device device) {
        this.device = device;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.check(ChagresCuda.chg_stream_open(device.handle(), out));
            handle = out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /// The device that it belongs to.
    public Device device() {
        return device;
    }

    /// Copies all of `from` to the begin of a buffer. [Pinned] memory is read by the time of [#sync()] and must stay as
    /// it is until then; other memory has been read when the call returns.
    ///
    /// @param from native memory, at most as long as the buffer
    public void in(DeviceBuffer to, MemorySegment from) {
        check(to, from);
        Status.check(ChagresCuda.chg_in(handle, to.address(), from, from.byteSize()));
        device.counters().copiedIn(from.byteSize());
    }

    /// Fills all of `to` from the begin of a buffer. [Pinned] memory holds it after [#sync()]; for other memory the
    /// call waits for the stream, and it is there when it returns.
    ///
    /// @param to native memory, at most as long as the buffer
    public void out(MemorySegment to, DeviceBuffer from) {
        check(from, to);
        if (to.isReadOnly()) {
            throw new IllegalArgumentException("the memory to copy to is read-only");
        }
        Status.check(ChagresCuda.chg_out(handle, to, from.address(), to.byteSize()));
        device.counters().copiedOut(to.byteSize());
    }

    /// Sets every word of a buffer, whose bytes are a multiple of 4.
    public void fill(DeviceBuffer buffer, int word) {
        check(buffer);
        Status.check(ChagresCuda.chg_fill(handle, buffer.address(), word, buffer.bytes()));
        device.counters().launched();
    }

    /// What this stream is asked for from now on runs after what another one, of the same device, has been asked for
    /// until now. Does not wait.
    public void after(Stream other) {
        if (other.device != device) {
            throw new IllegalArgumentException("the streams are of two devices");
        }
        Status.check(ChagresCuda.chg_after(handle(), other.handle()));
    }

    /// Waits until all work is done.
    public void sync() {
        open();
        long start = System.nanoTime();
        int status = ChagresCuda.chg_sync(handle);
        device.counters().waited(System.nanoTime() - start);
        Status.check(status);
        giveBack();
    }

    /// Gives a buffer that was allocated back to its device, at the next [#sync()]: whoever gets the memory then cannot
    /// meet work of this stream in it. Other streams must be done with it.
    public void release(DeviceBuffer buffer) {
        check(buffer);
        released.add(buffer);
    }

    private void giveBack() {
        List<DeviceBuffer> all = List.copyOf(released);
        released.clear();
        all.forEach(device::release);
    }

    private void check(DeviceBuffer buffer, MemorySegment memory) {
        check(buffer);
        if (!memory.isNative()) {
            throw new IllegalArgumentException("memory of the Java heap cannot be copied to a device or from it;"
                    + " give native memory, best pinned");
        }
        if (memory.byteSize() > buffer.bytes()) {
            throw new IllegalArgumentException("the memory has " + memory.byteSize() + " bytes, the buffer only "
                    + buffer.bytes());
        }
    }

    /// The library's name of it.
    ///
    /// @throws IllegalStateException if it is closed
    MemorySegment handle() {
        open();
        return handle;
    }

    /// @throws IllegalArgumentException if a buffer is of another device
    void check(DeviceBuffer buffer) {
        open();
        if (buffer.device() != device) {
            throw new IllegalArgumentException("the buffer belongs to another device than the stream");
        }
    }

    private void open() {
        if (closed) {
            throw new IllegalStateException("the stream is closed");
        }
    }

    /// Waits until all work is done; a second call does nothing. What was released is given back in any case: a device
    /// that has failed does no more work.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                Status.check(ChagresCuda.chg_stream_close(handle));
            } finally {
                giveBack();
            }
        }
    }
}
