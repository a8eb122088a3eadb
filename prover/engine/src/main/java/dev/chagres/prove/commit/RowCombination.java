package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Eq;
import java.util.ArrayList;
import java.util.List;

/// The third pass of an opening: `sum_row eq(r, row) F[row]` over the rows of a [RowRanges] range.
///
/// Slots are taken in blocks. A block of all rows fits the second-level cache, where the rows are combined without
/// reduction, so that values are read once from memory and the result is written once.
final class RowCombination {
    /// log2 of the slots of a block: [RowRanges#ROWS] rows of it take 1 MiB.
    private static final int BLOCK_BITS = 12;
    /// Rows in a call of the kernel are a multiple of this.
    private static final int ROW_GROUP = 4;
    /// What a thread takes at most: the rows of a block, weights, integers of a part.
    static final long THREAD_BYTES = (4L * RowRanges.ROWS << BLOCK_BITS) + (16L * RowRanges.ROWS) + (4L << BLOCK_BITS);

    private final Host host;
    private final AddressSpace space;
    private final PieceReader reader;
    private final ZeroPieces zeros;
    private final List<List<Piece>> ranges;

    /// @param ranges pieces of every range ([RowRanges#pieces()])
    /// @param zeros pieces of the reader that are not read
    RowCombination(Host host, AddressSpace space, List<List<Piece>> ranges, PieceReader reader, ZeroPieces zeros) {
        this.host = host;
        this.space = space;
        this.reader = reader;
        this.zeros = zeros;
        this.ranges = ranges;
    }

    /// @param range number of the range
    /// @param rowPoint the row variables
    /// @return an ext array of 2^k elements
    Buffer combine(int range, QM31[] rowPoint) {
        int bits = Math.min(space.k(), BLOCK_BITS);
        List<List<Piece>> blocks = blocks(range, bits);
        QM31[] eq = Eq.table(rowPoint);
        Buffer result = Buffer.zeroed(host.memory(), Memory.extBytes(1L << space.k()));
        try (MemoryScope scope = host.scope()) {
            Scratch[] scratch = new Scratch[host.threads()];
            for (int i = 0; i < scratch.length; i++) {
                scratch[i] = new Scratch(scope.allocateRaw(Memory.baseBytes((long) RowRanges.ROWS << bits)),
                        scope.allocateExt(RowRanges.ROWS),
                        scope.allocateRaw(Memory.baseBytes(1L << bits)));
            }
            host.run(blocks.size(), (worker, b) -> add(result.address() + ((long) b << bits) * Memory.EXT_BYTES,
                    blocks.get(b), (long) b << bits, 1L << bits, eq, scratch[worker]));
            return result;
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        }
    }

    /// @param rows base arrays of a block for each row
    /// @param weights ext array, one for each row
    /// @param ints of a part of a piece
    private record Scratch(long rows, long weights, long ints) {}

    /// The pieces of a range that have slots of each block, row by row.
    private List<List<Piece>> blocks(int range, int bits) {
        int count = 1 << space.k() - bits;
        List<List<Piece>> blocks = new ArrayList<>();
        for (int b = 0; b < count; b++) {
            blocks.add(new ArrayList<>());
        }
        for (Piece piece : ranges.get(range)) {
            if (!zeros.known(piece)) {
                int first = (int) (slot(piece) >>> bits);
                for (int b = 0; b < 1 << Math.max(0, piece.bits() - bits); b++) {
                    blocks.get(first + b).add(piece);
                }
            }
        }
        return blocks;
    }

    private long slot(Piece piece) {
        return piece.address() & (1L << space.k()) - 1;
    }

    /// Adds the pieces of the block of `width` slots from `first` on to its ext array.
    private void add(long dst, List<Piece> pieces, long first, long width, QM31[] eq, Scratch scratch) {
        int rows = 0;
        for (int i = 0; i < pieces.size(); rows++) {
            int row = (int) (pieces.get(i).address() >>> space.k());
            long at = scratch.rows + rows * Memory.baseBytes(width);
            if (1L << pieces.get(i).bits() < width) {
                Memory.zero(at, Memory.baseBytes(width));
            }
            for (; i < pieces.size() && pieces.get(i).address() >>> space.k() == row; i++) {
                Piece piece = pieces.get(i);
                long inPiece = Math.max(0, first - slot(piece));
                long inBlock = Math.max(0, slot(piece) - first);
                reader.embed(piece, inPiece, Math.min(width, 1L << piece.bits()),
                        at + inBlock * M31.BYTES, scratch.ints);
            }
            Memory.setExt(scratch.weights, rows, eq[row]);
        }
        while (rows % ROW_GROUP != 0) {
            // Whatever the row holds counts nothing.
            Memory.setExt(scratch.weights, rows++, QM31.ZERO);
        }
        host.field().combineRows(dst, scratch.rows, width, width, scratch.weights, rows);
    }
}
