package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout.Piece;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which pieces have no value but 0: most multiplicities of a short run. They count nothing in any pass of an opening,
/// so each is read and looked at once. Safe for use by several threads.
final class ZeroPieces {
    private final PieceReader reader;
    private final Map<Piece, Boolean> known = new ConcurrentHashMap<>();

    ZeroPieces(PieceReader reader) {
        this.reader = reader;
    }

    /// Whether the piece was read and all of its values are 0.
    boolean known(Piece piece) {
        return known.getOrDefault(piece, false);
    }

    /// Address of the values of a piece as [PieceReader#ints(Piece, long)] gives it, or 0 if all of them are 0.
    ///
    /// @param scratch room for the values
    long ints(Piece piece, long scratch) {
        Boolean zero = known.get(piece);
        if (zero != null && zero) {
            return 0;
        }
        long ints = reader.ints(piece, scratch);
        if (zero == null) {
            zero = reader.isZero(piece, ints);
            known.put(piece, zero);
        }
        return zero ? 0 : ints;
    }
}
