package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Regions of a device that one call works in, and tensors that it holds there, all given back when it ends. To be
/// closed before the work whose stream uses them.
final class DeviceRegions implements AutoCloseable {
    private final DeviceWork work;
    private final List<DeviceBuffer> regions = new ArrayList<>();
    private final List<Resident> tensors = new ArrayList<>();

    DeviceRegions(DeviceWork work) {
        this.work = work;
    }

    DeviceWork work() {
        return work;
    }

    /// The values of a tensor of the host.
    DeviceInts hold(IntTensor tensor) {
        Resident resident = work.tensors().hold(tensor, work);
        tensors.add(resident);
        return resident.ints();
    }

    /// Memory with arbitrary content.
    ///
    /// @param bytes 0 gives a buffer of one byte
    /// @throws DeviceException if the slab has no such region
    DeviceBuffer bytes(long bytes) {
        return own(work.allocate(bytes));
    }

    DeviceBuffer base(long n) {
        return bytes(Memory.baseBytes(n));
    }

    DeviceBuffer ext(long n) {
        return bytes(Memory.extBytes(n));
    }

    /// The slab before a region.
    DeviceBuffer before(DeviceBuffer region) {
        DeviceBuffer slab = work.device().slab();
        return slab.slice(0, region.address() - slab.address());
    }

    /// The slab behind a region.
    DeviceBuffer behind(DeviceBuffer region) {
        DeviceBuffer slab = work.device().slab();
        long from = region.address() - slab.address() + region.bytes() + Device.ALIGNMENT - 1 & -Device.ALIGNMENT;
        return slab.slice(from, slab.bytes() - from);
    }

    /// A copy of memory of the host.
    DeviceBuffer copy(long address, long bytes) {
        return copy(host(address, bytes), bytes);
    }

    /// Integers of 32 bits, in whole blocks.
    DeviceBuffer ints(int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            return copy(arena.allocateFrom(ValueLayout.JAVA_INT, values), Memory.baseBytes(values.length));
        }
    }

    /// Integers of 64 bits.
    DeviceBuffer longs(long[] values) {
        try (Arena arena = Arena.ofConfined()) {
            return copy(arena.allocateFrom(ValueLayout.JAVA_LONG, values), (long) Long.BYTES * values.length);
        }
    }

    private DeviceBuffer copy(MemorySegment values, long bytes) {
        DeviceBuffer region = bytes(bytes);
        work.stream().in(region, values);
        return region;
    }

    /// A region that is given back with the others from now on.
    DeviceBuffer own(DeviceBuffer region) {
        regions.add(region);
        return region;
    }

    /// Memory of the host as copies take it.
    static MemorySegment host(long address, long bytes) {
        return Memory.ALL.asSlice(address, bytes);
    }

    /// Waits for the stream and fills memory of the host, which is closed if that fails.
    static Buffer download(DeviceWork work, DeviceBuffer from, Buffer to) {
        try {
            work.stream().out(host(to.address(), to.bytes()), from);
            return to;
        } catch (RuntimeException | Error e) {
            to.close();
            throw e;
        }
    }

    @Override
    public void close() {
        tensors.forEach(Resident::close);
        tensors.clear();
        regions.forEach(work::release);
        regions.clear();
    }
}
