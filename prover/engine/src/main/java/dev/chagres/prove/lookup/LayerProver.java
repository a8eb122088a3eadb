package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;

/// The sumcheck of one layer of m variables.
///
/// A round sends g(0) and the leading coefficient of g in Gruen's form (eprint 2024/108).
final class LayerProver {
    private static final int SCALAR_BITS = LayerRounds.SCALAR_BITS;

    private final ProverChannel channel;
    private final QM31[] r;
    private final QM31 lambda;

    /// @param r point of the layer
    LayerProver(ProverChannel channel, QM31[] r, QM31 lambda) {
        this.channel = channel;
        this.r = r;
        this.lambda = lambda;
    }

    /// Runs the rounds.
    ///
    /// @param next receives the challenges of the m variables
    /// @return p0, p1, q0, q1 at that point
    QM31[] prove(LayerRounds rounds, QM31[] next) {
        int m = r.length;
        if (m > SCALAR_BITS) {
            next[m - 1] = exchange(rounds.first(m - 1));
            for (int i = m - 2; i >= SCALAR_BITS; i--) {
                next[i] = exchange(rounds.next(i, next[i + 1]));
            }
            rounds.last(SCALAR_BITS, next[SCALAR_BITS]);
        }
        int left = Math.min(m, SCALAR_BITS);
        QM31[][] v = rounds.values(left);
        for (int i = left - 1; i >= 0; i--) {
            next[i] = exchange(scalarRound(v, i));
            for (QM31[] child : v) {
                for (int x = 0; x < 1 << i; x++) {
                    child[x] = child[x].add(next[i].mul(child[x + (1 << i)].sub(child[x])));
                }
            }
        }
        return new QM31[] {v[0][0], v[1][0], v[2][0], v[3][0]};
    }

    private QM31 exchange(QM31[] g) {
        channel.send("tree/round", g);
        return channel.challenge("tree/challenge");
    }

    private QM31[] scalarRound(QM31[][] v, int variable) {
        QM31[] eq = Eq.table(Arrays.copyOf(r, variable));
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (int x = 0; x < eq.length; x++) {
            int y = x + eq.length;
            at0 = at0.add(eq[x].mul(combine(v[0][x], v[1][x], v[2][x], v[3][x])));
            lead = lead.add(eq[x].mul(combine(v[0][y].sub(v[0][x]), v[1][y].sub(v[1][x]), v[2][y].sub(v[2][x]),
                    v[3][y].sub(v[3][x]))));
        }
        return new QM31[] {at0, lead};
    }

    private QM31 combine(QM31 p0, QM31 p1, QM31 q0, QM31 q1) {
        return p0.mul(q1).add(p1.mul(q0)).add(lambda.mul(q0).mul(q1));
    }
}
