package dev.chagres.device;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Arguments of several kernels that go to the device in one copy: first all are added, then they are sent.
final class Upload {
    /// A region of the copy, from a multiple of [Device#ALIGNMENT] on.
    record Region(long at, long bytes) {
        DeviceBuffer of(DeviceBuffer sent) {
            return sent.slice(at, bytes);
        }
    }

    private record Part(Region region, Consumer<MemorySegment> write) {}

    private final List<Part> parts = new ArrayList<>();
    private long bytes;

    /// @param write fills the region, which is zero
    Region add(long size, Consumer<MemorySegment> write) {
        Region region = new Region(bytes, size);
        parts.add(new Part(region, write));
        bytes += size + Device.ALIGNMENT - 1 & -Device.ALIGNMENT;
        return region;
    }

    /// Ints, in whole blocks.
    Region ints(int... values) {
        return add(Memory.baseBytes(values.length),
                to -> MemorySegment.copy(values, 0, to, ValueLayout.JAVA_INT, 0, values.length));
    }

    /// What lies in memory of the host, in whole blocks.
    Region bytes(MemorySegment values) {
        return add(Memory.padded(values.byteSize()), to -> to.copyFrom(values));
    }

    /// An ext array.
    Region ext(List<QM31> values) {
        return add(Memory.extBytes(values.size()), to -> {
            for (int i = 0; i < values.size(); i++) {
                Memory.setExt(to.address(), i, values.get(i));
            }
        });
    }

    /// Elements of 16 bytes, one after another.
    Region elements(List<QM31> values) {
        return add(values.size() * (long) QM31.BYTES, to -> {
            for (int i = 0; i < values.size(); i++) {
                for (int k = 0; k < 4; k++) {
                    to.setAtIndex(ValueLayout.JAVA_INT, 4L * i + k, values.get(i).coordinate(k));
                }
            }
        });
    }

    /// Bytes of all regions.
    long bytes() {
        return bytes;
    }

    /// Copies everything into one buffer, which the caller gives back.
    DeviceBuffer send(DeviceWork work) {
        DeviceBuffer buffer = work.allocate(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(bytes, Memory.ALIGNMENT);
            for (Part p : parts) {
                p.write.accept(memory.asSlice(p.region.at(), p.region.bytes()));
            }
            work.stream().in(buffer, memory);
        } catch (RuntimeException | Error e) {
            work.release(buffer);
            throw e;
        }
        return buffer;
    }
}
