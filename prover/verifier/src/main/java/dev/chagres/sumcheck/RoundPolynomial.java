package dev.chagres.sumcheck;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;

/// Values of a low-degree polynomial at 0, 1, ..., D and its interpolation.
public final class RoundPolynomial {
    private RoundPolynomial() {}

    /// From the sent values s(0), s(2), ..., s(D) and the claim s(0) + s(1) to s(0), s(1), ..., s(D).
    public static QM31[] complete(QM31[] sent, QM31 claim) {
        QM31[] s = new QM31[sent.length + 1];
        s[0] = sent[0];
        s[1] = claim.sub(sent[0]);
        System.arraycopy(sent, 1, s, 2, sent.length - 1);
        return s;
    }

    /// Lagrange interpolation at the nodes 0, ..., D.
    public static QM31 evaluate(QM31[] values, QM31 x) {
        int d = values.length - 1;
        QM31[] prefix = new QM31[d + 2];
        prefix[0] = QM31.ONE;
        for (int i = 0; i <= d; i++) {
            prefix[i + 1] = prefix[i].mul(x.sub(QM31.of(i)));
        }
        QM31 suffix = QM31.ONE;
        QM31 sum = QM31.ZERO;
        for (int i = d; i >= 0; i--) {
            // prod_{j != i} (x - j) / (i - j)
            int denominator = 1;
            for (int j = 0; j <= d; j++) {
                if (j != i) {
                    denominator = M31.mul(denominator, M31.embed(i - j));
                }
            }
            sum = sum.add(values[i].mul(prefix[i]).mul(suffix).mul(M31.inv(denominator)));
            suffix = suffix.mul(x.sub(QM31.of(i)));
        }
        return sum;
    }
}
