package dev.chagres.lookup;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;

/// One column of a lookup [Table], as a function of the entry number.
public sealed interface TablePolynomial permits TablePolynomial.Index, TablePolynomial.Digit,
        TablePolynomial.FloorLog2,
 TablePolynomial.Explicit, TablePolynomial.Stored, ClampedIndex, ListedValues {
    /// Integer at entry `i`, or, for a column committed with the key, nothing: its data is with the key.
    long at(long i);

    /// sum_t weights\[t\] * (multilinear extension of the entries of tile t at `low`), where tile t starts at entry
    /// starts\[t\]; not for columns committed with the key.
    QM31 evaluate(QM31[] low, QM31[] weights, long[] starts);

    /// base + (i mod 2^bits): an index, repeated when the table is padded to a whole block.
    record Index(long base, int bits) implements TablePolynomial {
        @Override
        public long at(long i) {
            return base + (i & ((1L << bits) - 1));
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            QM31 inside = QM31.ZERO;
            for (int k = 0; k < Math.min(low.length, bits); k++) {
                inside = inside.add(low[k].mul(1 << k));
            }
            QM31 sum = QM31.ZERO;
            for (int t = 0; t < weights.length; t++) {
                sum = sum.add(weights[t].mul(inside.add(QM31.embed(at(starts[t])))));
            }
            return sum;
        }
    }

    /// (i >> from) mod 2^bits: a component of an entry that others decide with it.
    record Digit(int from, int bits) implements TablePolynomial {
        @Override
        public long at(long i) {
            return (i >> from) & ((1L << bits) - 1);
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            QM31 inside = QM31.ZERO;
            for (int k = from; k < Math.min(low.length, from + bits); k++) {
                inside = inside.add(low[k].mul(1 << (k - from)));
            }
            QM31 sum = QM31.ZERO;
            for (int t = 0; t < weights.length; t++) {
                sum = sum.add(weights[t].mul(inside.add(QM31.embed(at(starts[t])))));
            }
            return sum;
        }
    }

    /// floor(log2 i) for i > 0 and 31 for i = 0, which no exponent equals. One tile starting at entry 0.
    record FloorLog2() implements TablePolynomial {
        static final int NONE = 31;

        @Override
        public long at(long i) {
            return i == 0 ? NONE : 63 - Long.numberOfLeadingZeros(i);
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            // sum_b b * [bit b is the highest set bit]
            QM31 sum = QM31.ZERO;
            QM31 above = QM31.ONE;
            for (int b = low.length - 1; b >= 0; b--) {
                sum = sum.add(above.mul(low[b]).mul(b));
                above = above.mul(QM31.ONE.sub(low[b]));
            }
            return sum.add(above.mul(NONE)).mul(weights[0]);
        }
    }

    /// A few explicit values; one tile starting at entry 0.
    record Explicit(long... values) implements TablePolynomial {
        @Override
        public long at(long i) {
            return values[(int) i];
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            QM31[] table = new QM31[values.length];
            for (int i = 0; i < values.length; i++) {
                table[i] = QM31.of(M31.embed(values[i]));
            }
            return Eq.evaluate(table, low).mul(weights[0]);
        }
    }

    /// A column whose values provers have with the key; its shape has the tiles of the table, or fewer (the rest is
    /// zero).
    sealed interface Stored extends TablePolynomial {
        Column column();
    }

    /// A column committed with the model key.
    record Key(Column column) implements Stored {
        @Override
        public long at(long i) {
            throw new UnsupportedOperationException("the data of " + column + " is with the key");
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            throw new UnsupportedOperationException(column + " is opened, not evaluated");
        }
    }

    /// A column that is not committed, because public numbers say what it is; its values are stored only so that
    /// provers need not compute them.
    record Defined(Column column, TablePolynomial function) implements Stored {
        @Override
        public long at(long i) {
            return function.at(i);
        }

        @Override
        public QM31 evaluate(QM31[] low, QM31[] weights, long[] starts) {
            return function.evaluate(low, weights, starts);
        }
    }
}
