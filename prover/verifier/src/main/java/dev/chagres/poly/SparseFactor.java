package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import java.util.List;

/// The multilinear extension of a function given by few entries: sum_i weights\[i\] eq(index\[i\], variables).
public final class SparseFactor implements PublicFactor {
    private final String label;
    private final List<Variable> variables;
    private final long[] index;
    private final QM31[] weights;

    /// @param index positions in the cube, the first group lowest; repeated positions add up
    public SparseFactor(String label, List<Variable> variables, long[] index, QM31[] weights) {
        this.label = label;
        this.variables = List.copyOf(variables);
        this.index = index;
        this.weights = weights;
    }

    /// The weights of the tiles of a shape.
    ///
    /// @param weights one for each tile
    /// @param variables one group for each high axis, in their order
    public static SparseFactor ofTiles(String label, Shape shape, QM31[] weights, List<Variable> variables) {
        long[] index = new long[weights.length];
        for (int t = 0; t < index.length; t++) {
            int shift = 0;
            for (int k = 0; k < variables.size(); k++) {
                index[t] |= (long) shape.tile(t)[k] << shift;
                shift += variables.get(k).bits();
            }
        }
        return new SparseFactor(label, variables, index, weights);
    }

    /// Number of entries.
    public int size() {
        return index.length;
    }

    /// Position of entry `i` in the cube, the first group lowest; it may come more than once.
    public long index(int i) {
        return index[i];
    }

    /// Weight of entry `i`.
    public QM31 weight(int i) {
        return weights[i];
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public List<Variable> variables() {
        return variables;
    }

    @Override
    public QM31 evaluate(Point point) {
        QM31[] flat = point.flat(variables);
        // Two half tables make an entry cost two multiplications.
        int half = flat.length / 2;
        QM31[] low = Eq.table(java.util.Arrays.copyOfRange(flat, 0, half));
        QM31[] high = Eq.table(java.util.Arrays.copyOfRange(flat, half, flat.length));
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < index.length; i++) {
            QM31 eq = low[(int) (index[i] & ((1L << half) - 1))].mul(high[(int) (index[i] >>> half)]);
            sum = sum.add(weights[i].mul(eq));
        }
        return sum;
    }
}
