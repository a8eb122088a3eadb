package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.M31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.stage.TileSource;

/// Reads pieces of tiles from a [TileSource] and pads them with zeros.
///
/// @param source of the values
/// @param field kernels that embed them
record PieceReader(TileSource source, FieldKernels field) {
    /// Bits of the values of a piece.
    int bits(Piece piece) {
        return source.bits(piece.column());
    }

    /// Address of the 2^bits values of the piece, signed integers of [#bits(Piece)] bits.
    ///
    /// @param scratch room for them, at a multiple of 64
    long ints(Piece piece, long scratch) {
        long count = piece.count();
        long room = 1L << piece.bits();
        long address = source.ints(piece.column(), piece.tile(), piece.from(), count, scratch);
        if (count == room) {
            return address;
        }
        long bytes = bits(piece) / 8;
        if (address != scratch) {
            Memory.copy(address, scratch, count * bytes);
        }
        Memory.zero(scratch + count * bytes, (room - count) * bytes);
        return scratch;
    }

    /// Writes the residues of a part of the piece to the base array at `dst`.
    ///
    /// @param from first value of the part inside the piece, a multiple of its size
    /// @param room values of the part, a power of two
    /// @param scratch room for as many integers and for 16, at a multiple of 64
    void embed(Piece piece, long from, long room, long dst, long scratch) {
        long count = Math.clamp(piece.count() - from, 0, room);
        if (count > 0) {
            long ints = source.ints(piece.column(), piece.tile(), piece.from() + from, count, scratch);
            int bits = bits(piece);
            if (count < Memory.BLOCK && ints != scratch) {
                // A kernel reads whole blocks, and the source may end with the tile.
                Memory.copy(ints, scratch, count * bits / 8);
                ints = scratch;
            }
            field.embedInts(dst, ints, bits, count);
        }
        Memory.zero(dst + count * M31.BYTES, (room - count) * M31.BYTES);
    }

    /// Whether all values of the piece are 0.
    ///
    /// @param ints where [#ints(Piece, long)] has found them
    boolean isZero(Piece piece, long ints) {
        return Memory.isZero(ints, (1L << piece.bits()) * (bits(piece) / 8));
    }

    /// Writes the residues of the 2^bits values of the piece to the base array at `dst`, unless all are 0.
    ///
    /// @param scratch as in [#ints(Piece, long)]; not `dst`
    /// @return whether it did
    boolean embed(Piece piece, long dst, long scratch) {
        long ints = ints(piece, scratch);
        if (isZero(piece, ints)) {
            return false;
        }
        field.embedInts(dst, ints, bits(piece), 1L << piece.bits());
        return true;
    }
}
