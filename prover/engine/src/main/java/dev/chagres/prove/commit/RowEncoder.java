package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.TileSource;

/// Makes the codeword of a row of a matrix. Called from several threads, and more than once for the same row with the
/// same result.
public interface RowEncoder {
    /// Writes the codeword of `row` to the base array at `codeword`.
    ///
    /// @param scratch base array for the coefficients of the row, overwritten
    /// @param codeword base array, overwritten; it serves as scratch memory, too
    void encode(int row, long scratch, long codeword);

    /// The same when only the values at some positions are asked for; the rest of `codeword` is undefined.
    ///
    /// @param positions ascending
    default void encodeAt(int row, long scratch, long codeword, int[] positions) {
        encode(row, scratch, codeword);
    }

    /// Rows of a layout whose values come from a source.
    ///
    /// @param logN log2 of the code length
    static RowEncoder of(MatrixLayout layout, TileSource source, Backend kernels, int logN) {
        PieceReader reader = new PieceReader(source, kernels.field());
        long slots = 1L << layout.k();
        return new RowEncoder() {
            @Override
            public void encode(int row, long scratch, long codeword) {
                if (read(row, scratch, codeword)) {
                    kernels.fft().encode(codeword, scratch, layout.k(), logN, 1);
                } else {
                    Memory.zero(codeword, Memory.baseBytes(1L << logN));
                }
            }

            @Override
            public void encodeAt(int row, long scratch, long codeword, int[] positions) {
                if (read(row, scratch, codeword)) {
                    kernels.fft().encodeAt(codeword, scratch, layout.k(), logN, positions);
                } else {
                    Memory.zero(codeword, Memory.baseBytes(1L << logN));
                }
            }

            /// Whether the row has a value that is not 0. Most rows of multiplicities of a short run have none, and
            /// their codewords are 0.
            private boolean read(int row, long coefficients, long scratch) {
                boolean any = false;
                Memory.zero(coefficients, Memory.baseBytes(slots));
                for (Piece p : layout.row(row)) {
                    any |= reader.embed(p, coefficients + 4 * (p.address() & (slots - 1)), scratch);
                }
                return any;
            }
        };
    }
}
