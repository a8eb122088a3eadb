package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.kernel.Memory;

/// Reads pieces of tiles from a [TileSource] and pads them with zeros.
record PieceReader(TileSource source) {
    /// Writes the 2^bits values of the piece to the base array at `dst`.
    void read(Piece piece, long dst) {
        long count = piece.count();
        source.fill(piece.column(), piece.tile(), piece.from(), count, dst);
        long room = 1L << piece.bits();
        if (count < room) {
            Memory.zero(dst + 4 * count, 4 * (room - count));
        }
    }
}
