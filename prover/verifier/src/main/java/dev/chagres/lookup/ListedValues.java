package dev.chagres.lookup;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.Arrays;

/// A column that is a list of integers, followed by zeros: `values[from + i]` at entry i.
///
/// The list may be long. Its multilinear extension is summed in two steps, over the low and the high coordinates of a
/// tile: the inner sums need four integer multiply-adds per entry.
public final class ListedValues implements TablePolynomial {
    /// Terms of an inner sum: 2^8 products of a 31-bit and a 24-bit integer stay below 2^63.
    private static final int INNER_BITS = 8;
    private static final int LIMIT = 1 << 24;

    private final int[] values;
    private final int from;

    /// @param values each in [0, 2^24)
    /// @param from index of entry 0, at least 0
    public ListedValues(int[] values, int from) {
        if (from < 0 || Arrays.stream(values).anyMatch(v -> v < 0 || v >= LIMIT)) {
            throw new IllegalArgumentException("a list from " + from + " on, or a value of it, is out of range");
        }
        this.values = values.clone();
        this.from = from;
    }

    private ListedValues(ListedValues list, int from) {
        this.values = list.values;
        this.from = from;
    }

    /// The same list, begun `n` entries later.
    ///
    /// @param n at least 0
    public ListedValues skip(int n) {
        return new ListedValues(this, from + n);
    }

    @Override
    public long at(long i) {
        return i < values.length - from ? values[from + (int) i] : 0;
    }

    @Override
    public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
        int split = Math.min(INNER_BITS, low.length);
        QM31[] inner = Eq.table(Arrays.copyOf(low, split));
        QM31[] outer = Eq.table(Arrays.copyOfRange(low, split, low.length));
        QM31 sum = QM31.ZERO;
        for (int t = 0; t < weights.length; t++) {
            QM31 tile = QM31.ZERO;
            for (int j = 0; j < outer.length; j++) {
                long first = from + starts[t] + ((long) j << split);
                if (first >= values.length) {
                    break;
                }
                tile = tile.add(outer[j].mul(part(inner, (int) first)));
            }
            sum = sum.add(weights[t].mul(tile));
        }
        return sum;
    }

    /// sum_x inner\[x\] values\[first + x\].
    private QM31 part(QM31[] inner, int first) {
        long s0 = 0;
        long s1 = 0;
        long s2 = 0;
        long s3 = 0;
        int n = Math.min(inner.length, values.length - first);
        for (int x = 0; x < n; x++) {
            QM31 e = inner[x];
            long v = values[first + x];
            s0 += v * e.c0();
            s1 += v * e.c1();
            s2 += v * e.c2();
            s3 += v * e.c3();
        }
        return new QM31(M31.embed(s0), M31.embed(s1), M31.embed(s2), M31.embed(s3));
    }
}
