package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;

/// Prefix sums of the equality polynomial in closed form.
final class PrefixEq {
    private PrefixEq() {}

    /// Sum of eq((r_from .. r_{to - 1}), x) over x < end, end at most 2^(to - from).
    static QM31 sum(QM31[] r, int from, int to, long end) {
        if (end == 1L << to - from) {
            return QM31.ONE;
        }
        QM31 sum = QM31.ZERO;
        QM31 path = QM31.ONE;
        for (int i = to - 1; i >= from; i--) {
            QM31 zero = path.mul(QM31.ONE.sub(r[i]));
            if ((end >>> (i - from) & 1) == 1) {
                sum = sum.add(zero);
                path = path.mul(r[i]);
            } else {
                path = zero;
            }
        }
        return sum;
    }
}
