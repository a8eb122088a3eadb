package dev.chagres.prove.data;

import dev.chagres.field.QM31;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/// A [OneHotFactor] from its definition.
public final class OneHotValues {
    private OneHotValues() {}

    /// Its values on the Boolean cube of its variables, in their order.
    public static QM31[] of(OneHotFactor factor, Function<Column, ? extends IntTensor> data) {
        return values(factor, data, v -> v & 1);
    }

    /// The same with values of its columns that need not be bits: each selects a mix of two positions.
    public static QM31[] mixed(OneHotFactor factor, Function<Column, ? extends IntTensor> data) {
        return values(factor, data, IntUnaryOperator.identity());
    }

    private static QM31[] values(
            OneHotFactor factor, Function<Column, ? extends IntTensor> data, IntUnaryOperator bit) {
        int rowBits = factor.rowBits();
        QM31[] at = new QM31[rowBits];
        Arrays.setAll(at, factor::coordinate);
        QM31[] values = new QM31[1 << rowBits + factor.bits().size()];
        Arrays.fill(values, QM31.ZERO);
        for (int row = 0; row < 1 << rowBits; row++) {
            QM31[] selected = Eq.table(bits(factor.bits(), data, bit, row));
            QM31 weight = Eq.at(at, 0, rowBits, row);
            for (int i = 0; i < selected.length; i++) {
                values[row | i << rowBits] = weight.mul(selected[i]);
            }
        }
        return values;
    }

    private static QM31[] bits(
            List<Column> bits, Function<Column, ? extends IntTensor> data, IntUnaryOperator bit, int row) {
        QM31[] values = new QM31[bits.size()];
        for (int b = 0; b < values.length; b++) {
            long element = element(bits.get(b).shape(), row);
            values[b] = element < 0 ? QM31.ZERO : QM31.embed(bit.applyAsInt(data.apply(bits.get(b)).get(element)));
        }
        return values;
    }

    /// Where a row of all low and high axes is stored, -1 if its tile is absent.
    private static long element(Shape shape, int row) {
        int[] high = new int[shape.highAxes().size()];
        int rest = row >> shape.lowBits();
        for (int k = 0; k < high.length; k++) {
            high[k] = rest & (1 << shape.highAxes().get(k).bits()) - 1;
            rest >>= shape.highAxes().get(k).bits();
        }
        for (int t = 0; t < shape.tileCount(); t++) {
            if (Arrays.equals(shape.tile(t), high)) {
                return ((long) t << shape.lowBits()) + (row & (1 << shape.lowBits()) - 1);
            }
        }
        return -1;
    }
}
