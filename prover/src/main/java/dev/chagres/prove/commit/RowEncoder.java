package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;

/// Makes the codeword of a row of a matrix. Called from several threads, and more than once for the same row with the same
/// result.
interface RowEncoder {
    /// Writes the codeword of `row` to the base array at `codeword`.
    ///
    /// @param scratch base array for the coefficients of the row, overwritten
    /// @param codeword base array, overwritten; it serves as scratch memory, too
    void encode(int row, long scratch, long codeword);

    /// Rows of a layout whose values come from a source.
    ///
    /// @param logN log2 of the code length
    static RowEncoder of(MatrixLayout layout, TileSource source, Backend kernels, int logN) {
        PieceReader reader = new PieceReader(source, kernels.field());
        long slots = 1L << layout.k();
        return (row, coefficients, codeword) -> {
            Memory.zero(coefficients, Memory.baseBytes(slots));
            for (Piece p : layout.row(row)) {
                reader.embed(p, coefficients + 4 * (p.address() & (slots - 1)), codeword);
            }
            kernels.fft().encode(codeword, coefficients, layout.k(), logN, 1);
        };
    }
}
