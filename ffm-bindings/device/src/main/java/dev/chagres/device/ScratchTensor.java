package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.kernel.Memory;

/// A tensor that only kernels of one stream read and write; zero at first.
final class ScratchTensor implements RunTensor, AutoCloseable {
    private final DeviceWork work;
    private final long size;
    private final int width;
    /// Null until a kernel needs it.
    private DeviceBuffer buffer;

    /// @param size number of values
    /// @param width bits per value
    ScratchTensor(DeviceWork work, long size, int width) {
        this.work = work;
        this.size = size;
        this.width = width;
    }

    @Override
    public DeviceInts read() {
        if (buffer == null) {
            buffer = work.allocate(Memory.padded(Math.max(1, size * (width / Byte.SIZE))));
            work.stream().fill(buffer, 0);
        }
        return new DeviceInts(buffer, width);
    }

    @Override
    public DeviceInts write() {
        return read();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public long size() {
        return size;
    }

    private static UnsupportedOperationException kernelsOnly() {
        return new UnsupportedOperationException("a tensor for kernels alone");
    }

    @Override
    public int get(long i) {
        throw kernelsOnly();
    }

    @Override
    public int get32(long i) {
        throw kernelsOnly();
    }

    @Override
    public int get16(long i) {
        throw kernelsOnly();
    }

    @Override
    public void set(long i, int v) {
        throw kernelsOnly();
    }

    @Override
    public void close() {
        if (buffer != null) {
            work.release(buffer);
            buffer = null;
        }
    }
}
