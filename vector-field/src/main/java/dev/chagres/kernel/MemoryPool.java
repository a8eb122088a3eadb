package dev.chagres.kernel;

import java.util.TreeMap;

/// Large regions of off-heap memory, used again and again: a proof needs the same few sizes over and over, and a fresh
/// region costs more in page faults than the arithmetic on it.
///
/// Released regions stay mapped for the next request while the pool holds less than its limit; beyond it they go back to
/// the system. The counters see every byte that the pool has mapped.
public final class MemoryPool {
    /// A region that is this much larger than a request still serves it.
    private static final int WASTE_SHIFT = 3;

    private final Pages pages;
    /// Free regions; the address makes keys distinct.
    private final TreeMap<Key, Pages.Region> free = new TreeMap<>();
    private long limit = Long.MAX_VALUE;
    private long mapped;
    private long used;
    private long peak;

    private record Key(long bytes, long address) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return bytes != other.bytes ? Long.compare(bytes, other.bytes) : Long.compare(address, other.address);
        }
    }

    /// A region in use until it is closed.
    public final class Lease implements AutoCloseable {
        private Pages.Region region;
        private final boolean fresh;

        private Lease(Pages.Region region, boolean fresh) {
            this.region = region;
            this.fresh = fresh;
        }

        public long address() {
            return region.address();
        }

        /// Whether the memory is known to be zero.
        boolean fresh() {
            return fresh;
        }

        /// Gives the region back to the pool; a second call does nothing.
        @Override
        public void close() {
            synchronized (MemoryPool.this) {
                if (region != null) {
                    release(region);
                    region = null;
                }
            }
        }
    }

    MemoryPool(Pages pages) {
        this.pages = pages;
    }

    /// Leases at least `bytes` bytes with arbitrary content, at a multiple of [Memory#ALIGNMENT].
    ///
    /// @throws OutOfMemoryError if the system has no more memory
    public synchronized Lease lease(long bytes) {
        long size = Math.max(bytes + Pages.SIZE - 1 & -Pages.SIZE, Pages.SIZE);
        var fitting = free.ceilingEntry(new Key(size, 0));
        boolean reuse = fitting != null && fitting.getKey().bytes <= size + (size >> WASTE_SHIFT);
        Pages.Region region;
        if (reuse) {
            free.remove(fitting.getKey());
            region = fitting.getValue();
        } else {
            trim(limit - size);
            region = pages.map(size);
            mapped += size;
        }
        used += region.bytes();
        peak = Math.max(peak, used);
        return new Lease(region, !reuse);
    }

    private void release(Pages.Region region) {
        used -= region.bytes();
        free.put(new Key(region.bytes(), region.address()), region);
        trim(limit);
    }

    /// Gives free regions back to the system, largest first, until at most `target` bytes are mapped or none is free.
    private void trim(long target) {
        while (mapped > target && !free.isEmpty()) {
            Pages.Region region = free.pollLastEntry().getValue();
            region.release().run();
            mapped -= region.bytes();
        }
    }

    /// Sets how many bytes may stay mapped while free regions are among them.
    public synchronized void limit(long bytes) {
        limit = bytes;
        trim(limit);
    }

    /// Gives every free region back to the system.
    public synchronized void trim() {
        trim(0);
    }

    /// Bytes mapped now, free regions included.
    public synchronized long mapped() {
        return mapped;
    }

    /// Bytes leased now.
    public synchronized long used() {
        return used;
    }

    /// Most bytes ever leased at the same time since the last [#resetPeak()].
    public synchronized long peak() {
        return peak;
    }

    /// Starts [#peak()] again from what is leased now.
    public synchronized void resetPeak() {
        peak = used;
    }
}
