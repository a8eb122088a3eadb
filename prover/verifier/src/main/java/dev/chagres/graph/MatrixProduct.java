package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.List;

/// The virtual tensor `acc(row, j) = bias(j) + sum_k input(row, k) weight(k, j)` and the reduction of claims about it
/// ([ProductReduction]).
///
/// @param input activations: low axes (row, channel), high axes (channel^, block)
/// @param weight key column: low axes (k, j), high axes (k^, j^)
/// @param bias key column: low axis j, high axis j^
/// @param in the channels of `input`
/// @param out the channels of the product
public record MatrixProduct(Column input, Column weight, Column bias, Width in, Width out) {
    /// The shape of a weight column.
    public static Shape weightShape(Width in, Width out) {
        return Shape.of(in.low("k"), out.low("j"), in.high("k"), out.high("j"));
    }

    /// The shape of a bias column.
    public static Shape biasShape(Width out) {
        return Shape.of(out.low("j"), out.high("j"));
    }

    /// The shape of an activation tensor with low axes (row, `channel`) and high axes (`channel`^, block).
    public static Shape activation(RowBlocks rows, Width width, String channel) {
        return Shape.of(rows.row(), width.low(channel), width.high(channel), rows.block());
    }

    /// Multiply-adds of an output tensor.
    public long multiplyAdds(Shape output) {
        return output.size() * in.padded();
    }

    /// Proves that acc equals `value` at a point of an activation shape with the channels of `out`.
    public void reduce(Party party, String tag, Shape shape, TilePoint at, PrivateValue value) throws Rejection {
        ProductReduction.reduce(party, tag, List.of(new ProductReduction.Claimed(this, shape, at, value)));
    }

    /// An activation column at a fixed row of its blocks, free in channels and blocks.
    public static ColumnFactor activationFactor(
            Column column, QM31[] atRow, Variable channel, Variable channelHigh, Variable block) {
        Shape s = column.shape();
        return ColumnFactor.of(column)
                .fix(s.lowAxes().get(0).name(), atRow)
                .bind(s.lowAxes().get(1).name(), channel)
                .bind(s.highAxes().get(0).name(), channelHigh)
                .bind(s.highAxes().get(1).name(), block);
    }
}
