package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of a panel on the device and of its parts, and a copy on the host for operations that look at single
/// elements: all of it is copied when one is asked for on the side where the latest values are not.
final class PanelMemory {
    private final DeviceBuffer buffer;
    private final DeviceWork work;
    private int[] copy;
    /// Where the latest values are; nowhere at first, when any will do.
    private boolean here;
    private boolean there;

    PanelMemory(DeviceBuffer buffer, DeviceWork work) {
        this.buffer = buffer;
        this.work = work;
    }

    /// For kernels that read.
    DeviceBuffer read() {
        if (here && !there) {
            try (Arena arena = Arena.ofConfined()) {
                work.stream().in(buffer, arena.allocateFrom(ValueLayout.JAVA_INT, copy));
            }
        }
        there = true;
        return buffer;
    }

    /// For kernels that write some or all of it.
    DeviceBuffer write() {
        DeviceBuffer result = read();
        here = false;
        return result;
    }

    int get(int i) {
        return latest()[i];
    }

    void set(int i, int value) {
        latest()[i] = value;
        there = false;
    }

    private int[] latest() {
        if (copy == null) {
            copy = new int[Math.toIntExact(buffer.bytes() / Integer.BYTES)];
        }
        if (!here && there) {
            if (buffer.bytes() <= DeviceWork.PAGE) {
                MemorySegment page = work.results().asSlice(0, buffer.bytes());
                work.stream().out(page, buffer);
                work.sync();
                MemorySegment.copy(page, ValueLayout.JAVA_INT, 0, copy, 0, copy.length);
            } else {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment seen = arena.allocate(buffer.bytes(), Integer.BYTES);
                    work.stream().out(seen, buffer);
                    MemorySegment.copy(seen, ValueLayout.JAVA_INT, 0, copy, 0, copy.length);
                }
            }
        }
        here = true;
        return copy;
    }
}
