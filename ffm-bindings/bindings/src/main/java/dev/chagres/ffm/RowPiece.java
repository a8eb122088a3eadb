package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.chg_piece;
import java.lang.foreign.MemorySegment;

/// Integers that become neighbouring elements of a base array ([DeviceRowKernels#placePieces]).
///
/// @param from first byte of the integers, a multiple of their size
/// @param to number of the first element
/// @param count of the integers
/// @param bits of an integer: 8, 16 or 32
public record RowPiece(long from, long to, int count, int bits) {
    /// Bytes of an entry of a table of pieces.
    public static final long BYTES = chg_piece.sizeof();

    /// Writes an entry of a table in native memory.
    public void write(MemorySegment table, long number) {
        MemorySegment entry = chg_piece.asSlice(table, number);
        chg_piece.from(entry, from);
        chg_piece.to(entry, to);
        chg_piece.count(entry, count);
        chg_piece.bits(entry, bits);
    }
}
