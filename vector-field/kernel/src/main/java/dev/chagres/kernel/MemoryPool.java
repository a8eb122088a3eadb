package dev.chagres.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Large regions of off-heap memory, used again and again: a fresh region costs more in page faults than the arithmetic on it.
///
/// Released regions stay mapped for later requests while the pool holds less than its limit; beyond it they go back to the system. Where
/// the system lets go of single pages, free neighbours become one region and a request takes the part it needs of the smallest that is
/// large enough, so hardly more is ever mapped than was in use at a time. The counters see every byte that the pool has mapped.
public final class MemoryPool {
    /// A region that cannot be divided serves a request that is this much smaller.
    private static final int WASTE_SHIFT = 3;

    private final Pages pages;
    private final SmallBlocks blocks = new SmallBlocks(this);
    /// Bytes of free regions by address, and the same by size.
    private final TreeMap<Long, Long> free = new TreeMap<>();
    private final TreeSet<Size> sizes = new TreeSet<>();
    /// Regions that cannot be divided, by address.
    private final Map<Long, Pages.Region> whole = new HashMap<>();
    private long limit = Long.MAX_VALUE;
    private long mapped;
    private long used;
    private long peak;

    private record Size(long bytes, long address) implements Comparable<Size> {
        @Override
        public int compareTo(Size other) {
            return bytes != other.bytes ? Long.compare(bytes, other.bytes) : Long.compare(address, other.address);
        }
    }

    /// A region in use until it is closed.
    public final class Lease implements AutoCloseable {
        private final long address;
        private final long bytes;
        private final boolean fresh;
        private boolean closed;

        private Lease(long address, long bytes, boolean fresh) {
            this.address = address;
            this.bytes = bytes;
            this.fresh = fresh;
        }

        public long address() {
            return address;
        }

        /// Whether the memory is known to be zero.
        boolean fresh() {
            return fresh;
        }

        /// Gives the region back to the pool; a second call does nothing.
        @Override
        public void close() {
            synchronized (MemoryPool.this) {
                if (!closed) {
                    closed = true;
                    release(address, bytes);
                }
            }
        }
    }

    /// A pool on the best source of memory that this process has: huge pages where the system has them.
    public MemoryPool() {
        this(Pages.ofThisProcess());
    }

    MemoryPool(Pages pages) {
        this.pages = pages;
    }

    /// A new owner of memory from this pool.
    public MemoryScope scope() {
        return new MemoryScope(this);
    }

    /// Memory of at most half a region.
    SmallBlocks blocks() {
        return blocks;
    }

    /// Leases at least `bytes` bytes with arbitrary content, at a multiple of [Memory#ALIGNMENT].
    ///
    /// @throws OutOfMemoryError if the system has no more memory
    public synchronized Lease lease(long bytes) {
        long size = Math.max(bytes + Pages.SIZE - 1 & -Pages.SIZE, Pages.SIZE);
        Size fitting = sizes.ceiling(new Size(size, 0));
        if (fitting != null && whole.containsKey(fitting.address)) {
            if (fitting.bytes > size + (size >> WASTE_SHIFT)) {
                fitting = null;
            } else {
                size = fitting.bytes;
            }
        }
        long address;
        if (fitting != null) {
            address = fitting.address;
            take(fitting, size);
        } else {
            trim(limit - size);
            Pages.Region region = pages.map(size);
            address = region.address();
            mapped += size;
            if (!region.divisible()) {
                whole.put(address, region);
            }
        }
        used += size;
        peak = Math.max(peak, used);
        return new Lease(address, size, fitting == null);
    }

    /// Takes the first bytes of a free region.
    private void take(Size region, long bytes) {
        remove(region);
        if (region.bytes > bytes) {
            add(region.address + bytes, region.bytes - bytes);
        }
    }

    private void add(long address, long bytes) {
        free.put(address, bytes);
        sizes.add(new Size(bytes, address));
    }

    private void remove(Size region) {
        free.remove(region.address);
        sizes.remove(region);
    }

    private void release(long address, long bytes) {
        used -= bytes;
        if (whole.containsKey(address)) {
            add(address, bytes);
        } else {
            addJoined(address, bytes);
        }
        trim(limit);
    }

    /// Adds a free region and joins it with free neighbours.
    private void addJoined(long address, long bytes) {
        long from = address;
        long to = address + bytes;
        Map.Entry<Long, Long> below = free.lowerEntry(address);
        if (below != null && below.getKey() + below.getValue() == address && !whole.containsKey(below.getKey())) {
            from = below.getKey();
            remove(new Size(below.getValue(), from));
        }
        Long above = free.get(to);
        if (above != null && !whole.containsKey(to)) {
            remove(new Size(above, to));
            to += above;
        }
        add(from, to - from);
    }

    /// Gives free memory back to the system, of the largest regions first, until at most `target` bytes are mapped or none is free.
    private void trim(long target) {
        while (mapped > target && !sizes.isEmpty()) {
            Size region = sizes.last();
            Pages.Region undivided = whole.remove(region.address);
            if (undivided != null) {
                remove(region);
                undivided.release().run();
                mapped -= region.bytes;
            } else {
                long excess = mapped - Math.max(target, 0) + Pages.SIZE - 1 & -Pages.SIZE;
                long bytes = Math.min(region.bytes, excess);
                take(region, bytes);
                pages.unmap(region.address, bytes);
                mapped -= bytes;
            }
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
