package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.HostTensor;

/// A tensor in memory of the host that kernels of one stream work on: it is copied as a whole when it is needed on the
/// side where its values are not the latest ones. One that is empty is not: it is made of zeros there.
final class MirroredTensor implements RunTensor, AutoCloseable {
    private final HostTensor host;
    private final DeviceWork work;
    /// Null until a kernel needs the values.
    private DeviceBuffer buffer;
    /// Where the latest values are: on one side at least.
    private boolean here = true;
    private boolean there;
    /// Whether what the host has does not matter, and nobody has written yet.
    private boolean empty;

    /// @param empty whether all values that will be read are written first, or are zeros
    MirroredTensor(HostTensor host, DeviceWork work, boolean empty) {
        this.host = host;
        this.work = work;
        this.empty = empty;
    }

    @Override
    public DeviceInts read() {
        if (!there) {
            if (buffer == null) {
                buffer = work.allocate(Memory.padded(Math.max(1, host.data().byteSize())));
            }
            if (empty) {
                work.stream().fill(buffer, 0);
                here = false; // whatever the host has
                empty = false;
            } else if (Memory.isZero(host.address(), host.data().byteSize())) {
                work.stream().fill(buffer, 0);
            } else {
                work.stream().in(buffer, host.data());
            }
            there = true;
        }
        return new DeviceInts(buffer, host.width());
    }

    @Override
    public DeviceInts write() {
        DeviceInts result = read();
        here = false;
        return result;
    }

    /// Memory of the host with the latest values; waits for the stream where they come from the device.
    HostTensor host() {
        if (!here) {
            work.stream().out(host.data(), buffer);
            here = true;
        }
        return host;
    }

    @Override
    public int width() {
        return host.width();
    }

    @Override
    public long size() {
        return host.size();
    }

    @Override
    public int get(long i) {
        return host().get(i);
    }

    @Override
    public int get32(long i) {
        return host().get32(i);
    }

    @Override
    public int get16(long i) {
        return host().get16(i);
    }

    @Override
    public void set(long i, int v) {
        host().set(i, v);
        there = false;
        empty = false;
    }

    /// Leaves what is on the device to others who want these values; the host has them afterwards, or they come there
    /// when they are asked for. The stream has nothing left to do.
    ///
    /// @param settled the tensor, whose values stay as they are from now on
    void handOver(HostTensor settled, DeviceTensors tensors) {
        if (there && tensors.adopt(settled, buffer, !here)) {
            buffer = null;
            there = false;
            here = true;
        } else {
            host();
        }
    }

    /// Gives the memory of the device back; values that are on the device alone are lost.
    @Override
    public void close() {
        if (buffer != null) {
            work.release(buffer);
            buffer = null;
        }
        here = true;
        there = false;
    }
}
