package dev.chagres.prove.store;

import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryPool;

/// Large memory that one owner holds until it is closed or taken over.
public final class Buffer implements AutoCloseable {
    private final long bytes;
    private MemoryPool.Lease lease;

    private Buffer(long bytes, MemoryPool.Lease lease) {
        this.bytes = bytes;
        this.lease = lease;
    }

    /// Memory with arbitrary content, at a multiple of [Memory#ALIGNMENT].
    public static Buffer raw(MemoryPool pool, long bytes) {
        return new Buffer(bytes, pool.lease(bytes));
    }

    /// Memory of zeros.
    public static Buffer zeroed(MemoryPool pool, long bytes) {
        Buffer buffer = raw(pool, bytes);
        Memory.zero(buffer.address(), bytes);
        return buffer;
    }

    /// @throws IllegalStateException if it has been closed or taken over
    public long address() {
        if (lease == null) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is used after its end");
        }
        return lease.address();
    }

    public long bytes() {
        return bytes;
    }

    /// A new owner of the memory, which this one no longer has.
    public Buffer take() {
        Buffer taken = new Buffer(bytes, lease);
        taken.address();
        lease = null;
        return taken;
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
            lease = null;
        }
    }
}
