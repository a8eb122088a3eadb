package dev.chagres.tensor;

import dev.chagres.field.QM31;

/// The multilinear equality polynomial eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i)), scalar form.
public final class Eq {
    private Eq() {}

    /// eq(a, b) for points of equal length.
    public static QM31 eval(QM31[] a, QM31[] b) {
        QM31 result = QM31.ONE;
        for (int i = 0; i < a.length; i++) {
            result = result.mul(factor(a[i], b[i]));
        }
        return result;
    }

    /// a b + (1 - a)(1 - b).
    public static QM31 factor(QM31 a, QM31 b) {
        QM31 ab = a.mul(b);
        return QM31.ONE.sub(a).sub(b).add(ab).add(ab);
    }

    /// eq(a, index) where bit i of the index is coordinate i; coordinates a[from .. to).
    public static QM31 at(QM31[] a, int from, int to, long index) {
        QM31 result = QM31.ONE;
        for (int i = from; i < to; i++) {
            result = result.mul(((index >>> (i - from)) & 1) == 1 ? a[i] : QM31.ONE.sub(a[i]));
        }
        return result;
    }

    /// eq(a, x) for all x in {0,1}^n, variable i being bit i of the index.
    public static QM31[] table(QM31... a) {
        QM31[] t = new QM31[1 << a.length];
        t[0] = QM31.ONE;
        for (int i = 0; i < a.length; i++) {
            int half = 1 << i;
            for (int x = 0; x < half; x++) {
                QM31 high = t[x].mul(a[i]);
                t[x + half] = high;
                t[x] = t[x].sub(high);
            }
        }
        return t;
    }

    /// Value of the multilinear extension of `table` (2^n entries) at `point`.
    public static QM31 evaluate(QM31[] table, QM31... point) {
        QM31[] t = table.clone();
        for (int i = point.length - 1; i >= 0; i--) {
            int half = 1 << i;
            for (int x = 0; x < half; x++) {
                t[x] = t[x].add(point[i].mul(t[x + half].sub(t[x])));
            }
        }
        return t[0];
    }
}
