package dev.chagres.kernel;

/// The shapes a [HashKernels] accepts.
public final class HashShape {
    private HashShape() {}

    /// @throws IllegalArgumentException unless rows >= 0 and 0 <= from <= to
    public static void checkColumns(long rows, long from, long to) {
        if (rows < 0 || from < 0 || to < from) {
            throw new IllegalArgumentException("no such columns: " + rows + " rows, columns [" + from + ", " + to + ")");
        }
    }
}
