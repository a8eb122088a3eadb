package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.Arrays;

/// The rounds of three variables from the sums of a product on the grid {0, 1, inf}^3 (Bagad, Dao, Domb and Thaler,
/// eprint 2025/1117): F(v2, v1, v0) is the sum over the positions below the three variables, weighted by eq of their
/// coordinates; inf stands for the coefficient of the square.
final class GridRounds {
    /// Variables of a grid.
    static final int VARIABLES = 3;
    /// Combinations of 0 and 1.
    static final int CORNERS = 1 << VARIABLES;

    /// F with the digits of bound variables gone.
    private QM31[] f;
    private final QM31[] r;
    private final QM31[] challenges = new QM31[VARIABLES];
    private int bound;

    /// @param f 27 values, the digit of the top variable first
    /// @param r coordinates of the layer's point for the two lower variables, the lowest first
    GridRounds(QM31[] f, QM31... r) {
        this.f = f;
        this.r = r;
    }

    /// {g(0), coefficient of X^2} of the top variable that is left.
    QM31[] round() {
        QM31[] g = f;
        for (int k = 0; g.length > 3; k++) {
            QM31[] all = g;
            QM31 at = r[k];
            g = new QM31[all.length / 3];
            Arrays.setAll(g, v -> all[3 * v].add(at.mul(all[3 * v + 1].sub(all[3 * v]))));
        }
        return new QM31[] {g[0], g[2]};
    }

    /// Binds that variable.
    void bind(QM31 z) {
        bound++;
        challenges[VARIABLES - bound] = z;
        int third = f.length / 3;
        QM31[] all = f;
        f = new QM31[third];
        Arrays.setAll(f, v -> {
            QM31 at0 = all[v];
            QM31 lead = all[2 * third + v];
            QM31 slope = all[third + v].sub(at0).sub(lead);
            return at0.add(z.mul(slope.add(z.mul(lead))));
        });
    }

    /// Whether all three variables are bound.
    boolean done() {
        return bound == VARIABLES;
    }

    /// Challenge of the lowest variable, once all are bound.
    QM31 lowest() {
        return challenges[0];
    }

    /// eq of the three challenges and every corner.
    QM31[] corners() {
        return Eq.table(challenges);
    }
}
