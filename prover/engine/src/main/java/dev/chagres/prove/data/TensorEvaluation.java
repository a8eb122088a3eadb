package dev.chagres.prove.data;

import dev.chagres.field.QM31;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;

/// Evaluates a tensor where a [dev.chagres.tensor.Claim] says.
public final class TensorEvaluation {
    private TensorEvaluation() {}

    /// `sum_t weights[t] * <tile t, eq(low)>`; four unreduced multiply-adds per value of a tile of non-zero weight.
    ///
    /// @param data values of the tensor, `shape.size()` of them
    /// @param low coordinates inside a tile, `shape.lowBits()` of them
    /// @param weights one per tile
    public static QM31 evaluate(IntTensor data, Shape shape, QM31[] low, QM31[] weights, Host host) {
        if (data.size() != shape.size() || low.length != shape.lowBits() || weights.length != shape.tileCount()) {
            throw new IllegalArgumentException("point or data do not fit the shape");
        }
        try (MemoryScope arena = host.scope()) {
            TileReader reader = new TileReader(host.field(), arena);
            long eq = EqTable.allocate(arena, low, QM31.ONE, host.field());
            long tile = 1L << shape.lowBits();
            QM31 sum = QM31.ZERO;
            for (int t = 0; t < weights.length; t++) {
                if (!weights[t].isZero()) {
                    sum = sum.add(weights[t].mul(reader.dot(data, t * tile, eq, tile)));
                }
            }
            return sum;
        }
    }
}
