package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.Buffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/// Arrays of the host that go to a device in one copy; equal ones go once.
final class LeafUpload {
    /// Where an array goes.
    record Slot(long offset, long bytes) {}

    private final Map<Buffer, Slot> slots = new LinkedHashMap<>();
    private long total;

    /// Takes an array, which must stay as it is until [#send].
    Slot add(int[] values) {
        return add(IntBuffer.wrap(values), (long) values.length * Integer.BYTES);
    }

    /// Takes an array, which must stay as it is until [#send].
    Slot add(long[] values) {
        return add(LongBuffer.wrap(values), (long) values.length * Long.BYTES);
    }

    private Slot add(Buffer values, long bytes) {
        Slot slot = slots.get(values);
        if (slot == null) {
            slot = new Slot(total, bytes);
            slots.put(values, slot);
            total += bytes + Device.ALIGNMENT - 1 & -Device.ALIGNMENT;
        }
        return slot;
    }

    /// Bytes of all arrays.
    long bytes() {
        return total;
    }

    /// Copies all arrays to the device.
    ///
    /// @return their memory, the caller's to release
    DeviceBuffer send(DeviceWork work) {
        DeviceBuffer buffer = work.allocate(total);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(total, Device.ALIGNMENT);
            slots.forEach((values, slot) -> copy(values, all, slot.offset()));
            work.stream().in(buffer, all);
        } catch (RuntimeException | Error e) {
            work.release(buffer);
            throw e;
        }
        return buffer;
    }

    private static void copy(Buffer values, MemorySegment to, long offset) {
        switch (values) {
            case IntBuffer i ->
                MemorySegment.copy(i.array(), 0, to, ValueLayout.JAVA_INT, offset, i.capacity());
            case LongBuffer l ->
                MemorySegment.copy(l.array(), 0, to, ValueLayout.JAVA_LONG, offset, l.capacity());
            default -> throw new IllegalArgumentException(values.getClass().getName());
        }
    }
}
