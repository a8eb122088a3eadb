package dev.chagres.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Off-heap memory that one owner holds until it closes the scope: large regions are leased from a [MemoryPool], small ones come from
/// an arena. Safe for use by several threads; closing while kernels still use the memory is the owner's fault.
public final class MemoryScope implements AutoCloseable {
    /// Allocations from this size on are leased from the pool.
    private static final long LARGE = 1 << 20;

    private final MemoryPool pool;
    private final List<MemoryPool.Lease> leases = new ArrayList<>();
    private Arena small;
    private boolean closed;

    MemoryScope(MemoryPool pool) {
        this.pool = pool;
    }

    /// Zeroed memory.
    ///
    /// @return an address that is a multiple of [Memory#ALIGNMENT]
    public long allocate(long bytes) {
        if (bytes < LARGE) {
            return small(bytes);
        }
        MemoryPool.Lease lease = lease(bytes);
        if (!lease.fresh()) {
            Memory.zero(lease.address(), bytes);
        }
        return lease.address();
    }

    /// Memory with arbitrary content, for callers that write all of it before they read.
    public long allocateRaw(long bytes) {
        return bytes < LARGE ? small(bytes) : lease(bytes).address();
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

    private synchronized long small(long bytes) {
        requireOpen();
        if (small == null) {
            small = Arena.ofShared();
        }
        return Memory.allocate(small, bytes);
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
            if (small != null) {
                small.close();
            }
        }
    }
}
