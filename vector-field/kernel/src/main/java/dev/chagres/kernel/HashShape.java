package dev.chagres.kernel;

/// The shapes a [HashKernels] accepts.
public final class HashShape {
    /// The last place in a block where a nonce fits.
    private static final int NONCE_AT = 56;
    /// Nonces are searched by whole groups of so many.
    private static final int NONCES = 64;

    private HashShape() {}

    /// @throws IllegalArgumentException unless rows >= 0 and 0 <= from <= to
    public static void checkColumns(long rows, long from, long to) {
        if (rows < 0 || from < 0 || to < from) {
            throw new IllegalArgumentException("no such columns: " + rows + " rows, columns [" + from + ", "
                    + to + ")");
        }
    }

    /// @throws IllegalArgumentException unless the number of columns is a multiple of 16
    public static void checkState(long columns) {
        if (columns < 0 || columns % Memory.BLOCK != 0) {
            throw new IllegalArgumentException(columns + " columns are not whole blocks of " + Memory.BLOCK);
        }
    }

    /// @throws IllegalArgumentException unless two such digests are whole words and one block, and at least half of a
    ///     digest is kept
    public static void checkDigest(int bytes) {
        if (bytes < 16 || bytes > 32 || bytes % 2 != 0) {
            throw new IllegalArgumentException("a digest of " + bytes + " bytes");
        }
    }

    /// @throws IllegalArgumentException unless a message block has 1 to 16 rows
    public static void checkBlock(int rows) {
        if (rows < 1 || rows > Memory.BLOCK) {
            throw new IllegalArgumentException("a block of " + rows + " rows");
        }
    }

    /// @throws IllegalArgumentException unless [HashKernels#leastNonce] accepts the search
    public static void checkNonces(int headBytes, int bits, long first, long count) {
        if (headBytes > NONCE_AT || bits < 1 || bits > Long.SIZE || first < 0 || count < 0
                || first % NONCES != 0 || count % NONCES != 0 || first > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException("no such search: " + headBytes + " bytes before the nonce, " + bits
                    + " bits of work, nonces " + first + " + " + count);
        }
    }
}
