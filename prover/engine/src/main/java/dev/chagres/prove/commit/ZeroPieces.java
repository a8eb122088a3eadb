package dev.chagres.prove.commit;

import dev.chagres.commit.MatrixLayout.Piece;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which pieces have no value but 0: most multiplicities of a short run. They count nothing in any pass of an opening,
/// so each is looked at once. Safe for use by several threads.
final class ZeroPieces {
    private final PieceReader reader;
    private final Map<Piece, Boolean> known = new ConcurrentHashMap<>();

    ZeroPieces(PieceReader reader) {
        this.reader = reader;
    }

    /// @param scratch room for the values of the piece, overwritten if they are not known yet
    boolean has(Piece piece, long scratch) {
        Boolean zero = known.get(piece);
        if (zero == null) {
            zero = reader.isZero(piece, reader.ints(piece, scratch));
            known.put(piece, zero);
        }
        return zero;
    }
}
