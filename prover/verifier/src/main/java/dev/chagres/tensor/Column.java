package dev.chagres.tensor;

/// A multilinear polynomial: a tensor whose values are in one of the two commitments, or follow from public numbers.
///
/// Columns are compared by identity; names are unique inside a tree and appear in errors and listings only.
public final class Column {
    /// Which commitment holds the column.
    public enum Tree {
        /// Committed once per proof: activations, row values, multiplicities.
        WITNESS,
        /// Committed once per model: weights and table columns.
        KEY,
        /// Not committed: a function of public numbers, which the verifier evaluates. Provers keep its values with the
        /// key.
        DEFINED
    }

    private final String name;
    private final Shape shape;
    private final Tree tree;
    private final int bits;

    /// A column of values of up to 32 bits.
    public Column(String name, Shape shape, Tree tree) {
        this(name, shape, tree, 32);
    }

    /// @param bits 16 or 32: what the prover needs to store a value as a signed integer. It forces nothing
    public Column(String name, Shape shape, Tree tree, int bits) {
        this.name = name;
        this.shape = shape;
        this.tree = tree;
        this.bits = bits;
    }

    public String name() {
        return name;
    }

    public Shape shape() {
        return shape;
    }

    public Tree tree() {
        return tree;
    }

    /// Bits of a stored value, 16 or 32.
    public int bits() {
        return bits;
    }

    @Override
    public String toString() {
        return name;
    }
}
