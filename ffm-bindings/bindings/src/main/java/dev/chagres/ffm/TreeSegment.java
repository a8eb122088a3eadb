package dev.chagres.ffm;

import dev.chagres.field.QM31;
import java.util.List;

/// Leaves of one tensor in a tree of fractions: numerator / (constant + sum of terms), tile after tile.
///
/// @param tiles at least one
/// @param lowBits each tile has 2^lowBits leaves
/// @param numerators one for each leaf; null when all are one
/// @param entries int64, for each tile the number of the entry of its first leaf; null where no term has digits
public record TreeSegment(QM31 constant, long tiles, int lowBits, DeviceInts numerators, DeviceBuffer entries,
        List<TreeTerm> terms) {
    /// @throws IllegalArgumentException if a buffer is too small for the tiles
    public TreeSegment {
        if (lowBits < 0 || lowBits > 32 || tiles < 1 || tiles > 1L << 32 - lowBits) {
            throw new IllegalArgumentException(tiles + " tiles of 2^" + lowBits + " leaves");
        }
        terms = List.copyOf(terms);
        if (numerators != null) {
            need(numerators.available(), tiles << lowBits, "numerators");
        }
        if (entries != null) {
            need(entries.bytes() / Long.BYTES, tiles, "entries");
        }
        for (TreeTerm term : terms) {
            if (term instanceof TreeTerm.Values v) {
                need(v.starts().bytes() / Long.BYTES, tiles, "starts");
                if (v.inside() != null) {
                    need(v.inside().bytes() / Integer.BYTES, 1L << lowBits, "places inside");
                }
            }
        }
    }

    private static void need(long found, long needed, String what) {
        if (found < needed) {
            throw new IllegalArgumentException("a segment needs " + needed + " " + what + ", the buffer has " + found);
        }
    }

    /// Number of leaves.
    public long leaves() {
        return tiles << lowBits;
    }
}
