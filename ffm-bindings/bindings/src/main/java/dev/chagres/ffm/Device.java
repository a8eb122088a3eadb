package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_device_info;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// An open device with one slab of memory; nothing more is taken from the machine after it was opened, but pinned
/// blocks.
public final class Device implements AutoCloseable {
    /// Device addresses and slab sizes are multiples of this many bytes.
    public static final long ALIGNMENT = ChagresCuda.CHG_ALIGNMENT();

    /// What a device says of itself.
    ///
    /// @param name of the product
    /// @param emulated whether it is the processor
    /// @param ordinal from 0
    /// @param computeCapability 90 for 9.0; 0 when emulated
    /// @param multiprocessors threads of the processor when emulated
    /// @param memoryBytes of the whole device
    /// @param freeBytes outside slabs, when asked
    /// @param slabBytes of this slab
    public record Info(String name, boolean emulated, int ordinal, int computeCapability, int multiprocessors,
            long memoryBytes, long freeBytes, long slabBytes) {}

    private final MemorySegment handle;
    private final long slabAddress;
    private final long slabBytes;
    private final Slab slab;
    private final DeviceCounters counters = new DeviceCounters();
    private boolean closed;

    Device(int ordinal, long slabBytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.check(ChagresCuda.chg_open(ordinal, slabBytes, out));
            handle = out.get(ValueLayout.ADDRESS, 0);
            MemorySegment description = describe(arena);
            slabAddress = chg_device_info.slab_address(description);
            this.slabBytes = slabBytes;
            slab = new Slab(slabAddress, slabBytes);
        }
    }

    private MemorySegment describe(Arena arena) {
        MemorySegment info = chg_device_info.allocate(arena);
        Status.check(ChagresCuda.chg_describe(handle, info));
        return info;
    }

    /// Asks the device about itself.
    public Info info() {
        try (Arena arena = Arena.ofConfined()) {
            handle();
            MemorySegment info = describe(arena);
            return new Info(chg_device_info.name(info).getString(0),
                    chg_device_info.kind(info) == ChagresCuda.CHG_EMULATED(), chg_device_info.ordinal(info),
                    chg_device_info.compute_capability(info), chg_device_info.multiprocessors(info),
                    chg_device_info.memory_bytes(info), chg_device_info.free_bytes(info),
                    chg_device_info.slab_bytes(info));
        }
    }

    /// Takes a region of the slab, with arbitrary content.
    ///
    /// @param bytes at least 1
    /// @throws DeviceException with [Status#MEMORY] if the slab has no such region
    public DeviceBuffer allocate(long bytes) {
        handle();
        return new DeviceBuffer(this, slab.allocate(bytes), bytes);
    }

    /// As [#allocate(long)], as far behind in the slab as there is room: what stays for long does not cut up what is left.
    ///
    /// @param bytes at least 1
    /// @throws DeviceException with [Status#MEMORY] if the slab has no such region
    public DeviceBuffer allocateLast(long bytes) {
        handle();
        return new DeviceBuffer(this, slab.allocateLast(bytes), bytes);
    }

    /// The whole slab, for kernels that read at places all over it.
    public DeviceBuffer slab() {
        return new DeviceBuffer(this, slabAddress, slabBytes);
    }

    /// Bytes of the slab that are free, in one piece or not.
    public long available() {
        return slab.available();
    }

    /// Bytes of the slab.
    public long capacity() {
        return slabBytes;
    }

    /// Bytes of the slab that a region of so many bytes takes.
    ///
    /// @param bytes 0 counts as 1
    public static long regionBytes(long bytes) {
        return Slab.regionBytes(bytes);
    }

    /// What this device was asked for since it was opened, and the most bytes of its slab in use at a time since
    /// then or [#resetPeak()].
    public DeviceCount count() {
        return counters.read(slab.peak());
    }

    /// Starts the peak of the slab again with what is in use now.
    public void resetPeak() {
        slab.resetPeak();
    }

    DeviceCounters counters() {
        return counters;
    }

    /// Opens a stream.
    public Stream stream() {
        return new Stream(this);
    }

    /// Takes memory of this process that copies reach by themselves.
    ///
    /// @param bytes at least 1
    public Pinned pinned(long bytes) {
        return new Pinned(this, bytes);
    }

    /// @throws IllegalStateException if the device is closed
    synchronized MemorySegment handle() {
        if (closed) {
            throw new IllegalStateException("the device is closed");
        }
        return handle;
    }

    /// Gives a region back to the slab at once: all streams must be done with it. [Stream#release] waits for that.
    ///
    /// @throws IllegalArgumentException if no region in use starts there
    public void release(DeviceBuffer buffer) {
        slab.release(buffer.address());
    }

    /// @throws IllegalArgumentException if a region is not one of the slab
    void check(long address, long bytes) {
        if (address % ALIGNMENT != 0) {
            throw new IllegalArgumentException("the device address 0x" + Long.toHexString(address)
                    + " is no multiple of " + ALIGNMENT);
        }
        long offset = address - slabAddress;
        if (bytes < 0 || offset < 0 || offset > slabBytes - bytes) {
            throw new IllegalArgumentException(bytes + " bytes at the device address 0x" + Long.toHexString(address)
                    + " are not in the slab");
        }
    }

    /// Gives everything back; a second call does nothing.
    ///
    /// @throws DeviceException if streams or pinned blocks are open; then nothing has changed
    @Override
    public synchronized void close() {
        if (!closed) {
            Status.check(ChagresCuda.chg_close(handle));
            closed = true;
        }
    }
}
