package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Memory of this process that copies of a device reach by themselves, while the caller goes on.
public final class Pinned implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    Pinned(Device device, long bytes) {
        MemorySegment handle = device.handle();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment out = scratch.allocate(ValueLayout.ADDRESS);
            Status.check(ChagresCuda.chg_pinned(handle, bytes, out));
            segment = out.get(ValueLayout.ADDRESS, 0).reinterpret(bytes, arena,
                    block -> Status.check(ChagresCuda.chg_unpin(handle, block)));
        }
    }

    /// The memory, with arbitrary content at first; it cannot be read after this was closed.
    public MemorySegment segment() {
        return segment;
    }

    /// Waits for the streams of the device and gives the memory back; a second call does nothing.
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
