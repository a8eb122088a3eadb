package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.kernel.Memory;

/// The rows of both matrices, cut into the ranges in which an opening passes over them.
///
/// @param space of the rows
public record RowRanges(AddressSpace space) {
    /// Rows of a range; the last one may reach past the last row.
    static final int ROWS = 64;

    public int count() {
        return (space.rows() + ROWS - 1) / ROWS;
    }

    /// The range of an address.
    public int of(long address) {
        return (int) (address >>> space.k()) / ROWS;
    }

    /// Bytes that a pass over a range needs on `threads` threads, its result included.
    public long bytes(int threads, int head) {
        long row = 1L << space.k();
        long folded = 2L * ROWS * Memory.EXT_BYTES << (space.k() - head);
        return threads * row * (4 + Memory.EXT_BYTES) + folded;
    }
}
