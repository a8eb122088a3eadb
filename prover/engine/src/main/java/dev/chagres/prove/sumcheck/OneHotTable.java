package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The table of a [OneHotFactor]: one entry for every row.
final class OneHotTable {
    private OneHotTable() {}

    /// Writes the table with its variables in any order.
    ///
    /// @param indexBits which bit of a table index stands for each variable of the factor, in the factor's order
    /// @param data values of the bit columns
    /// @param dst zeroed ext array of 2^indexBits.length elements
    static void fill(
            OneHotFactor factor, int[] indexBits, Function<Column, ? extends IntTensor> data, long dst, Host host) {
        int rowBits = factor.rowBits();
        long[] entry = new long[1 << rowBits];
        for (int i = 0; i < rowBits; i++) {
            for (int r = 0; r < 1 << i; r++) {
                entry[r | 1 << i] = entry[r] | 1L << indexBits[i];
            }
        }
        List<Column> bits = factor.bits();
        for (int b = 0; b < bits.size(); b++) {
            mark(entry, bits.get(b), HostTensor.of(data.apply(bits.get(b))), 1L << indexBits[rowBits + b]);
        }
        QM31[] at = new QM31[rowBits];
        Arrays.setAll(at, factor::coordinate);
        try (MemoryScope scope = host.scope()) {
            long eq = EqTable.allocate(scope, at, QM31.ONE, host.field());
            for (int r = 0; r < entry.length; r++) {
                Memory.setExt(dst, entry[r], Memory.getExt(eq, r));
            }
        }
    }

    /// Sets `bit` in the entries of those rows where a column is odd.
    private static void mark(long[] entry, Column column, HostTensor values, long bit) {
        Shape shape = column.shape();
        if (values.size() != shape.size()) {
            throw new IllegalArgumentException(
                    "column " + column + " has " + values.size() + " values instead of " + shape.size());
        }
        int inTile = 1 << shape.lowBits();
        for (int t = 0; t < shape.tileCount(); t++) {
            int row = firstRow(shape, t);
            for (int x = 0; x < inTile; x++) {
                if ((values.get(((long) t << shape.lowBits()) + x) & 1) == 1) {
                    entry[row + x] |= bit;
                }
            }
        }
    }

    private static int firstRow(Shape shape, int tile) {
        int row = 0;
        int shift = shape.lowBits();
        List<Axis> high = shape.highAxes();
        for (int k = 0; k < high.size(); k++) {
            row |= shape.tile(tile)[k] << shift;
            shift += high.get(k).bits();
        }
        return row;
    }
}
