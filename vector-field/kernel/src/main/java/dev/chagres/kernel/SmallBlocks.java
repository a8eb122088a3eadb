package dev.chagres.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Blocks of at most half a region, cut from regions of a [MemoryPool]. Sizes are powers of two; a block that is given
/// back serves the next request of its size. Halves are not joined again: when no block is in use at all, the regions go
/// back to the pool, so they hold at most the sum of the largest use of each size.
///
/// A scope lives as long as one tile or one round: an arena for each would be a page fault for every page, and its end a
/// handshake with every thread of the process.
final class SmallBlocks {
    /// Largest block: half a region.
    static final long LARGEST = Pages.SIZE / 2;

    private static final int LEAST_SIZE = 6; // Memory.ALIGNMENT
    private static final int SIZES = 64 - Long.numberOfLeadingZeros(LARGEST);

    private final MemoryPool pool;
    private final List<MemoryPool.Lease> regions = new ArrayList<>();
    /// Free blocks of 2^size bytes, in the first `counts[size]` places.
    private final long[][] free = new long[SIZES][8];
    private final int[] counts = new int[SIZES];
    private long used;

    SmallBlocks(MemoryPool pool) {
        this.pool = pool;
    }

    /// Logarithm of the size of the block that holds so many bytes.
    static int size(long bytes) {
        return Math.max(LEAST_SIZE, 64 - Long.numberOfLeadingZeros(Math.max(bytes, 1) - 1));
    }

    /// A block with arbitrary content.
    ///
    /// @param size of the block, at most that of [#LARGEST]
    /// @return its address, a multiple of [Memory#ALIGNMENT]
    synchronized long take(int size) {
        long address = cut(size);
        used++;
        return address;
    }

    private long cut(int size) {
        if (counts[size] > 0) {
            return free[size][--counts[size]];
        }
        long address;
        if (1L << size == LARGEST) {
            MemoryPool.Lease region = pool.lease(Pages.SIZE);
            regions.add(region);
            address = region.address();
        } else {
            address = cut(size + 1);
        }
        put(address + (1L << size), size);
        return address;
    }

    private void put(long address, int size) {
        if (counts[size] == free[size].length) {
            free[size] = Arrays.copyOf(free[size], 2 * counts[size]);
        }
        free[size][counts[size]++] = address;
    }

    /// Takes a block back.
    synchronized void give(long address, int size) {
        put(address, size);
        if (--used == 0) {
            Arrays.fill(counts, 0);
            regions.forEach(MemoryPool.Lease::close);
            regions.clear();
        }
    }
}
