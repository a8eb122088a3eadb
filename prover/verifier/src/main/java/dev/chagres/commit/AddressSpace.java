package dev.chagres.commit;

import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;

/// The stacked polynomial F: the rows of the witness matrix, then those of the key matrix, then zero rows up to a
/// power of two. Bit i of an address is variable i of F; the low k variables select the slot, the others the row.
public final class AddressSpace {
    private final MatrixLayout witness;
    private final MatrixLayout key;

    /// @throws IllegalArgumentException if row lengths differ or a column is in the wrong tree
    public AddressSpace(MatrixLayout witness, MatrixLayout key) {
        if (witness.k() != key.k()) {
            throw new IllegalArgumentException("rows of 2^" + witness.k() + " and of 2^" + key.k());
        }
        check(witness, Column.Tree.WITNESS);
        check(key, Column.Tree.KEY);
        this.witness = witness;
        this.key = key;
    }

    private static void check(MatrixLayout layout, Column.Tree tree) {
        for (Column c : layout.columns()) {
            if (c.tree() != tree) {
                throw new IllegalArgumentException("column " + c.name() + " does not belong to tree " + tree);
            }
        }
    }

    public MatrixLayout witness() {
        return witness;
    }

    public MatrixLayout key() {
        return key;
    }

    /// log2 of the row length.
    public int k() {
        return witness.k();
    }

    /// Rows of both matrices together.
    public int rows() {
        return witness.rows() + key.rows();
    }

    /// Variables that select the row.
    public int rowBits() {
        return Axis.ceilLog2(rows());
    }

    /// Variables of F.
    public int variables() {
        return k() + rowBits();
    }

    /// The layout that holds the column.
    public MatrixLayout layout(Column c) {
        return c.tree() == Column.Tree.WITNESS ? witness : key;
    }

    /// Address of row 0 of a matrix in F.
    public long base(MatrixLayout layout) {
        return layout == witness ? 0 : (long) witness.rows() << k();
    }

    /// Address in F of a piece of a column.
    public long address(Column c, int piece) {
        MatrixLayout layout = layout(c);
        return base(layout) + layout.address(c, piece);
    }
}
