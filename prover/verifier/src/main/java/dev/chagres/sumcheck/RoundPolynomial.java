package dev.chagres.sumcheck;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;

/// Values of a low-degree polynomial at 0, 1, ..., D and its interpolation.
public final class RoundPolynomial {
    private RoundPolynomial() {}

    /// From the sent values s(0), s(2), ..., s(D) and the claim s(0) + s(1) to s(0), s(1), ..., s(D).
    public static PrivateValue[] complete(PrivateValue[] sent, PrivateValue claim) {
        PrivateValue[] s = new PrivateValue[sent.length + 1];
        s[0] = sent[0];
        s[1] = claim.sub(sent[0]);
        System.arraycopy(sent, 1, s, 2, sent.length - 1);
        return s;
    }

    /// Lagrange interpolation at the nodes 0, ..., D of values that a prover has computed.
    public static QM31 evaluate(QM31[] values, QM31 x) {
        QM31[] weights = weights(values.length - 1, x);
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < values.length; i++) {
            sum = sum.add(values[i].mul(weights[i]));
        }
        return sum;
    }

    /// Lagrange interpolation at the nodes 0, ..., D.
    public static PrivateValue evaluate(PrivateValue[] values, QM31 x) {
        QM31[] weights = weights(values.length - 1, x);
        PrivateValue sum = values[0].mul(weights[0]);
        for (int i = 1; i < values.length; i++) {
            sum = sum.add(values[i].mul(weights[i]));
        }
        return sum;
    }

    /// The Lagrange basis of the nodes 0, ..., d at x: prod_{j != i} (x - j) / (i - j).
    private static QM31[] weights(int d, QM31 x) {
        QM31[] weights = new QM31[d + 1];
        QM31 below = QM31.ONE;
        for (int i = 0; i <= d; i++) {
            weights[i] = below;
            below = below.mul(x.sub(QM31.of(i)));
        }
        QM31 above = QM31.ONE;
        for (int i = d; i >= 0; i--) {
            int denominator = 1;
            for (int j = 0; j <= d; j++) {
                if (j != i) {
                    denominator = M31.mul(denominator, M31.embed(i - j));
                }
            }
            weights[i] = weights[i].mul(above).mul(M31.inv(denominator));
            above = above.mul(x.sub(QM31.of(i)));
        }
        return weights;
    }
}
