package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.M31;
import dev.chagres.kernel.Memory;
import java.util.ArrayList;
import java.util.List;

/// The rows of both matrices, cut into the ranges in which an opening passes over them.
///
/// @param space of the rows
public record RowRanges(AddressSpace space) {
    /// Rows of a range; the last one may reach past the last row.
    public static final int ROWS = 64;
    /// Distinct low points of claims that are reckoned with; GPT-2 with 12 layers has some hundred.
    private static final int GROUPS = 512;

    public int count() {
        return (space.rows() + ROWS - 1) / ROWS;
    }

    /// The range of an address.
    public int of(long address) {
        return (int) (address >>> space.k()) / ROWS;
    }

    /// The pieces of every range at their addresses in the space, row by row.
    public List<List<Piece>> pieces() {
        List<List<Piece>> ranges = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            ranges.add(new ArrayList<>());
        }
        for (MatrixLayout layout : List.of(space.witness(), space.key())) {
            for (Piece p : layout.pieces()) {
                Piece placed = new Piece(p.column(), p.tile(), p.part(), p.index(), p.bits(),
                        p.address() + space.base(layout));
                ranges.get(of(placed.address())).add(placed);
            }
        }
        return ranges;
    }

    /// Bytes that a pass over a range takes at most on `threads` threads, its result included.
    ///
    /// @param head log2 of the values that a group sums
    public long bytes(int threads, int head) {
        long row = M31.BYTES << space.k();
        long tail = (long) Memory.EXT_BYTES << space.k() - head;
        long sums = threads * (row + tail + ((long) Memory.EXT_BYTES * GROUPS << head));
        long fold = 2 * ROWS * tail + threads * row;
        long combine = ((long) Memory.EXT_BYTES << space.k()) + threads * RowCombination.THREAD_BYTES;
        return Math.max(sums, Math.max(fold, combine));
    }
}
