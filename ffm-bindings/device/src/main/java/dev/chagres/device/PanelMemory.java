package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory of a panel on the device and of its parts, and a copy on the host for operations that look at single
/// elements: all of it is copied when one is asked for on the side where the latest values are not.
final class PanelMemory {
    private final PanelSpace space;
    private final DeviceBuffer buffer;
    private int[] copy;
    /// Where the latest values are; nowhere at first, when any will do.
    private boolean here;
    private boolean there;

    PanelMemory(PanelSpace space, DeviceBuffer buffer) {
        this.space = space;
        this.buffer = buffer;
    }

    long bytes() {
        return buffer.bytes();
    }

    /// Whether the host lacks values that the device has.
    boolean behind() {
        return there && !here;
    }

    /// For kernels that read.
    DeviceBuffer read() {
        if (here && !there) {
            try (Arena arena = Arena.ofConfined()) {
                space.work().stream().in(buffer, arena.allocateFrom(ValueLayout.JAVA_INT, copy));
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
        if (behind()) {
            space.fetch(this);
        }
        here = true;
        return copy();
    }

    private int[] copy() {
        if (copy == null) {
            copy = new int[Math.toIntExact(buffer.bytes() / Integer.BYTES)];
        }
        return copy;
    }

    /// Takes values that have come from the device.
    void take(MemorySegment values) {
        MemorySegment.copy(values, ValueLayout.JAVA_INT, 0, copy(), 0, copy().length);
        here = true;
    }
}
