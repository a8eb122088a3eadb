package dev.chagres.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Off-heap memory that one owner holds until it closes the scope: regions leased from a [MemoryPool], or blocks of them. Safe for use
/// by several threads; closing while kernels still use the memory is the owner's fault.
public final class MemoryScope implements AutoCloseable {
    private final MemoryPool pool;
    private final List<MemoryPool.Lease> leases = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private boolean closed;

    private record Block(long address, int size) {}

    MemoryScope(MemoryPool pool) {
        this.pool = pool;
    }

    /// Zeroed memory, up to the next multiple of [Memory#ALIGNMENT].
    ///
    /// @return an address that is a multiple of [Memory#ALIGNMENT]
    public long allocate(long bytes) {
        long whole = bytes + Memory.ALIGNMENT - 1 & -Memory.ALIGNMENT;
        if (whole <= SmallBlocks.LARGEST) {
            long address = block(whole);
            Memory.zero(address, whole);
            return address;
        }
        MemoryPool.Lease lease = lease(whole);
        if (!lease.fresh()) {
            Memory.zero(lease.address(), whole);
        }
        return lease.address();
    }

    /// Memory with arbitrary content, for callers that write all of it before they read.
    public long allocateRaw(long bytes) {
        return bytes > SmallBlocks.LARGEST ? lease(bytes).address() : block(bytes);
    }

    /// A segment of [#allocate(long)]; it must not be used after the scope is closed.
    public MemorySegment segment(long bytes) {
        return MemorySegment.ofAddress(allocate(bytes)).reinterpret(bytes);
    }

    /// A zeroed base array of `n` elements.
    public long allocateBase(long n) {
        return allocate(Memory.baseBytes(n));
    }

    /// A zeroed ext array of `n` elements.
    public long allocateExt(long n) {
        return allocate(Memory.extBytes(n));
    }

    /// An ext array of `n` elements with arbitrary content.
    public long allocateExtRaw(long n) {
        return allocateRaw(Memory.extBytes(n));
    }

    private synchronized long block(long bytes) {
        requireOpen();
        int size = SmallBlocks.size(bytes);
        Block block = new Block(pool.blocks().take(size), size);
        blocks.add(block);
        return block.address;
    }

    private synchronized MemoryPool.Lease lease(long bytes) {
        requireOpen();
        MemoryPool.Lease lease = pool.lease(bytes);
        leases.add(lease);
        return lease;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the scope is closed");
        }
    }

    /// Gives everything back; a second call does nothing.
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            leases.forEach(MemoryPool.Lease::close);
            blocks.forEach(b -> pool.blocks().give(b.address, b.size));
        }
    }
}
