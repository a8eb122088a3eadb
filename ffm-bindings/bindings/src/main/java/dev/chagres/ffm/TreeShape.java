package dev.chagres.ffm;

/// How many nodes of both children of a layer are stored: of each strip the first ones, all others are 0/1.
///
/// @param width0 stored nodes of a strip of child 0, at least one
/// @param width1 of child 1, not more; the same where there are strips
/// @param variables each child has 2^variables nodes
/// @param stripBits top variables that are those of strips
public record TreeShape(long width0, long width1, int variables, int stripBits) {
    /// @throws IllegalArgumentException if there are no such children
    public TreeShape {
        if (variables < 0 || variables > 32 || stripBits < 0 || stripBits > variables || width0 < 1
                || width0 > 1L << variables - stripBits || width1 < 0 || width1 > width0
                || stripBits > 0 && width1 < width0) {
            throw new IllegalArgumentException("strips of " + width0 + " and " + width1 + " nodes, 2^" + stripBits
                    + " of them, for " + variables + " variables");
        }
    }

    /// Stored nodes of child 0.
    public long size0() {
        return width0 << stripBits;
    }

    /// Stored nodes of child 1.
    public long size1() {
        return width1 << stripBits;
    }

    /// What is left when the top variable is bound.
    public TreeShape bound() {
        if (stripBits > 0) {
            return new TreeShape(width0, width1, variables - 1, stripBits - 1);
        }
        long half = 1L << variables - 1;
        return new TreeShape(Math.min(width0, half), Math.min(width1, half), variables - 1, 0);
    }
}
