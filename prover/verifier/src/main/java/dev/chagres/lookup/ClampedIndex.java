package dev.chagres.lookup;

import dev.chagres.field.QM31;

/// `min(max(lowest + i, -bound), bound)` at entry i: three straight pieces, each of which has a multilinear extension
/// in closed form.
///
/// @param lowest value of entry 0 before clamping
/// @param bound at least 0
public record ClampedIndex(long lowest, long bound) implements TablePolynomial {
    @Override
    public long at(long i) {
        return Math.clamp(lowest + i, -bound, bound);
    }

    @Override
    public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
        QM31 sum = QM31.ZERO;
        for (int t = 0; t < weights.length; t++) {
            sum = sum.add(weights[t].mul(tile(low, starts[t])));
        }
        return sum;
    }

    /// The value v = lowest + start + x of a tile, and the places x where it reaches -bound and bound:
    /// `-bound + sum over those between of (v + bound)[x] + 2 bound from the second on`, in prefix sums.
    private QM31 tile(QM31[] low, long start) {
        long size = 1L << low.length;
        long first = lowest + start;
        long from = Math.clamp(-bound - first, 0, size);
        long to = Math.clamp(bound - first, 0, size);
        Prefix lower = Prefix.of(low, from);
        Prefix upper = Prefix.of(low, to);
        QM31 between = upper.index.sub(lower.index)
                .add(upper.total.sub(lower.total).mul(QM31.embed(first + bound)));
        QM31 above = QM31.ONE.sub(upper.total).mul(QM31.embed(2 * bound));
        return between.add(above).sub(QM31.embed(bound));
    }

    /// Sums over x < n of eq(z; x) and of x eq(z; x).
    private record Prefix(QM31 total, QM31 index) {
        /// @param n in [0, 2^z.length]
        static Prefix of(QM31[] z, long n) {
            QM31 total = QM31.ZERO;
            QM31 index = QM31.ZERO;
            // All x of the coordinates so far, for the prefixes that end above them.
            QM31 mean = QM31.ZERO;
            for (int i = 0; i < z.length; i++) {
                QM31 zero = QM31.ONE.sub(z[i]);
                QM31 bit = QM31.embed(1L << i);
                if ((n >> i & 1) == 1) {
                    index = zero.mul(mean).add(z[i].mul(index.add(bit.mul(total))));
                    total = zero.add(z[i].mul(total));
                } else {
                    index = zero.mul(index);
                    total = zero.mul(total);
                }
                mean = mean.add(bit.mul(z[i]));
            }
            return n >> z.length == 1 ? new Prefix(QM31.ONE, mean) : new Prefix(total, index);
        }
    }
}
