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

/// A [OneHotFactor] from its definition.
public final class OneHotValues {
    private OneHotValues() {}

    /// Its values on the Boolean cube of its variables, in their order.
    public static QM31[] of(OneHotFactor factor, Function<Column, ? extends IntTensor> data) {
        int rowBits = factor.rowBits();
        QM31[] at = new QM31[rowBits];
        Arrays.setAll(at, factor::coordinate);
        QM31[] values = new QM31[1 << rowBits + factor.bits().size()];
        Arrays.fill(values, QM31.ZERO);
        for (int row = 0; row < 1 << rowBits; row++) {
            values[row | index(factor.bits(), data, row) << rowBits] = Eq.at(at, 0, rowBits, row);
        }
        return values;
    }

    /// The same with the columns as they are, whether they hold bits or not: the product of `1 - c - b + 2 c b` over
    /// the bits c of the index.
    public static QM31[] product(OneHotFactor factor, Function<Column, ? extends IntTensor> data) {
        int rowBits = factor.rowBits();
        QM31[] at = new QM31[rowBits];
        Arrays.setAll(at, factor::coordinate);
        QM31[] values = new QM31[1 << rowBits + factor.bits().size()];
        for (int x = 0; x < values.length; x++) {
            int row = x & (1 << rowBits) - 1;
            QM31 value = Eq.at(at, 0, rowBits, row);
            for (int b = 0; b < factor.bits().size(); b++) {
                long element = element(factor.bits().get(b).shape(), row);
                QM31 bit = QM31.embed(element < 0 ? 0 : data.apply(factor.bits().get(b)).get(element));
                value = value.mul((x >> rowBits + b & 1) == 1 ? bit : QM31.ONE.sub(bit));
            }
            values[x] = value;
        }
        return values;
    }

    private static int index(List<Column> bits, Function<Column, ? extends IntTensor> data, int row) {
        int index = 0;
        for (int b = 0; b < bits.size(); b++) {
            long element = element(bits.get(b).shape(), row);
            index |= element < 0 ? 0 : (data.apply(bits.get(b)).get(element) & 1) << b;
        }
        return index;
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
