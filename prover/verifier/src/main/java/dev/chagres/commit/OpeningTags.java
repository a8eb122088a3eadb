package dev.chagres.commit;

/// Transcript tags of an opening, the same on both sides.
public final class OpeningTags {
    /// Challenge that batches the claims.
    public static final String GAMMA = "open/gamma";
    /// Message and challenge of a round of the batching sumcheck.
    public static final String BATCH = "open/batch";
    /// The value F(r).
    public static final String VALUE = "open/value";
    /// Root of a ladder level.
    public static final String ROOT = "open/root";
    /// Work before a query draw; 11 characters, so that the nonce lies on a word boundary of the hashed message.
    public static final String GRIND = "open/grind.";
    /// Work before a challenge that folds rows or lanes; 15 characters, for the same reason.
    public static final String GRIND_FOLD = "open/grind-fold";
    /// Query positions.
    public static final String QUERY = "open/query";
    /// Challenge that batches the query constraints.
    public static final String BETA = "open/beta";
    /// Message and challenge of a lane fold.
    public static final String FOLD = "open/fold";
    /// The values in clear.
    public static final String CLEAR = "open/clear";
    /// Opened columns and Merkle siblings (not absorbed).
    public static final String COLUMNS = "open/columns";

    private OpeningTags() {}
}
