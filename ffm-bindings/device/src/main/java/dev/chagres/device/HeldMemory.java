package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Memory of a device and tensors on it that one call needs, all given back when this is closed. The work it belongs to
/// is closed after it.
final class HeldMemory implements AutoCloseable {
    private final DeviceSite site;
    private final DeviceWork work;
    private final List<Resident> tensors = new ArrayList<>();
    private final List<DeviceBuffer> buffers = new ArrayList<>();

    HeldMemory(DeviceSite site, DeviceWork work) {
        this.site = site;
        this.work = work;
    }

    DeviceWork work() {
        return work;
    }

    /// The values of a tensor of the host.
    DeviceInts hold(IntTensor tensor) {
        Resident resident = site.tensors().hold(tensor, work);
        tensors.add(resident);
        return resident.ints();
    }

    /// Memory with arbitrary content.
    ///
    /// @param bytes 0 gives a buffer of one byte
    DeviceBuffer allocate(long bytes) {
        DeviceBuffer buffer = work.allocate(bytes);
        buffers.add(buffer);
        return buffer;
    }

    /// Integers of 32 bits.
    DeviceBuffer upload(int[] values) {
        try (Arena arena = Arena.ofConfined()) {
            return upload(arena.allocateFrom(ValueLayout.JAVA_INT, values));
        }
    }

    /// Integers of 64 bits.
    DeviceBuffer upload(long[] values) {
        try (Arena arena = Arena.ofConfined()) {
            return upload(arena.allocateFrom(ValueLayout.JAVA_LONG, values));
        }
    }

    private DeviceBuffer upload(MemorySegment values) {
        DeviceBuffer buffer = allocate(values.byteSize());
        work.stream().in(buffer, values);
        return buffer;
    }

    @Override
    public void close() {
        tensors.forEach(Resident::close);
        buffers.forEach(work::release);
    }
}
