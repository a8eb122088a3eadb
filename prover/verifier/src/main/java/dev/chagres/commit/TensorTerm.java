package dev.chagres.commit;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.Arrays;

/// A rank-one weight vector over {0,1}^m, whose variables above the lowest few are bound to challenges.
///
/// The values in clear are folded by the factors of the lowest variables, from the top down: no table of the weights
/// is made.
sealed interface TensorTerm {
    /// `sum_x clear[x] W(x, bound)`.
    ///
    /// @param clear 2^bits values, over the lowest variables
    /// @param bound the challenge of every variable from `bits` on, at its number
    QM31 dot(QM31[] clear, QM31[] bound);

    /// `eq(point, x)`.
    record Equality(QM31[] point) implements TensorTerm {
        @Override
        public QM31 dot(QM31[] clear, QM31[] bound) {
            int bits = Integer.numberOfTrailingZeros(clear.length);
            QM31 scale = QM31.ONE;
            for (int v = bits; v < point.length; v++) {
                scale = scale.mul(Eq.factor(point[v], bound[v]));
            }
            return scale.mul(Eq.evaluate(clear, Arrays.copyOf(point, bits)));
        }
    }

    /// `coefficient * prod_v (x_v = 0 ? 1 : basis[v])`, the values of the circle basis at a domain point.
    ///
    /// @param basis (y, x, pi(x), ...) of the point
    record Basis(QM31 coefficient, int[] basis) implements TensorTerm {
        @Override
        public QM31 dot(QM31[] clear, QM31[] bound) {
            QM31[] folded = clear;
            for (int half = clear.length / 2; half > 0; half /= 2) {
                int top = basis[Integer.numberOfTrailingZeros(half)];
                QM31[] next = new QM31[half];
                for (int x = 0; x < half; x++) {
                    next[x] = folded[x].add(folded[x + half].mul(top));
                }
                folded = next;
            }
            QM31 product = coefficient.mul(folded[0]);
            for (int v = Integer.numberOfTrailingZeros(clear.length); v < basis.length; v++) {
                // 1 - r + r t
                product = product.mul(QM31.ONE.add(bound[v].mul(M31.sub(basis[v], 1))));
            }
            return product;
        }
    }
}
