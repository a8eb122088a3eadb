package dev.chagres.commit;

import dev.chagres.field.QM31;

/// A rank-one weight vector over {0,1}^m: entry x is `coefficient * prod_v (x_v = 0 ? zero[v] : one[v])`.
///
/// Both kinds of weight of the ladder have this form: eq(r, .) with factors (1 - r_v, r_v), and the values of the
/// circle basis at a point with factors (1, t_v).
record TensorTerm(QM31 coefficient, QM31[] zero, QM31[] one) {
    static TensorTerm eq(QM31[] point) {
        QM31[] zero = new QM31[point.length];
        for (int v = 0; v < zero.length; v++) {
            zero[v] = QM31.ONE.sub(point[v]);
        }
        return new TensorTerm(QM31.ONE, zero, point);
    }

    /// @param basis the factors (y, x, pi(x), ...) of a domain point
    static TensorTerm basis(QM31 coefficient, int[] basis) {
        QM31[] zero = new QM31[basis.length];
        QM31[] one = new QM31[basis.length];
        for (int v = 0; v < basis.length; v++) {
            zero[v] = QM31.ONE;
            one[v] = QM31.of(basis[v]);
        }
        return new TensorTerm(coefficient, zero, one);
    }

    /// Binds the variables [bits, m) to `challenges[v]` and writes the 2^bits remaining entries.
    QM31[] bind(QM31[] challenges, int bits) {
        QM31 scale = coefficient;
        for (int v = bits; v < zero.length; v++) {
            scale = scale.mul(zero[v].add(challenges[v].mul(one[v].sub(zero[v]))));
        }
        QM31[] table = new QM31[1 << bits];
        table[0] = scale;
        for (int v = 0; v < bits; v++) {
            for (int x = 0; x < 1 << v; x++) {
                table[x + (1 << v)] = table[x].mul(one[v]);
                table[x] = table[x].mul(zero[v]);
            }
        }
        return table;
    }
}
