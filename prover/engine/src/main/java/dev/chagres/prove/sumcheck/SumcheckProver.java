package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.prove.stage.TermSum;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.RoundPolynomial;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.IntTensor;
import dev.chagres.transcript.ProverChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// Proves a symbolic [Statement] to [dev.chagres.sumcheck.SumcheckVerifier].
///
/// If the whole expression is divisible by one [EqFactor], a round is `eq(r_i, X) g(X)` with g of one degree less (Gruen,
/// eprint 2024/108): the equality table is summed out instead of folded, and g(1) follows from the claim.
public final class SumcheckProver {
    /// Variables of the rounds whose halves are below one block.
    private static final int SCALAR_BITS = LayerRounds.SCALAR_BITS;

    private final ProverChannel channel;
    private final String tag;
    private final Statement statement;
    private final List<Factor> factors;
    private final boolean check;
    private final StatementProgram program;
    /// The factored equality, or -1.
    private final int equality;
    /// Its coordinate for every variable of the statement, null where it does not depend on it.
    private final QM31[] equalityPoint;
    private QM31 equalityScale = QM31.ONE;

    private SumcheckProver(ProverChannel channel, String tag, Statement statement, boolean checked) {
        this.channel = channel;
        this.tag = tag;
        this.statement = statement;
        this.factors = new ArrayList<>(statement.expression().factors());
        this.check = checked;
        Map<Factor, Integer> numbers = new HashMap<>();
        factors.forEach(f -> numbers.put(f, numbers.size()));
        TermSum body = TermSum.of(statement.expression(), numbers);
        this.equality = equality(body);
        this.equalityPoint = new QM31[statement.bits()];
        if (equality >= 0) {
            EqFactor eq = (EqFactor) factors.get(equality);
            int[] positions = StatementProgram.positions(statement, eq);
            for (int i = 0; i < positions.length; i++) {
                equalityPoint[positions[i]] = eq.coordinate(i);
            }
            body = body.divide(equality);
        }
        this.program = new StatementProgram(statement, factors, body, equality);
    }

    /// The equality with most variables among those that divide the expression.
    private int equality(TermSum body) {
        int best = -1;
        int bits = 0;
        for (int f = 0; f < factors.size(); f++) {
            if (factors.get(f) instanceof EqFactor e && body.divisible(f)) {
                int own = e.variables().stream().mapToInt(v -> v.bits()).sum();
                if (own > bits) {
                    best = f;
                    bits = own;
                }
            }
        }
        return best;
    }

    /// The program whose tables [#prove] asks for.
    public static StatementProgram program(Statement statement) {
        return new SumcheckProver(null, "", statement, false).program;
    }

    /// Proves with all checks on.
    ///
    /// @see #prove(ProverChannel, String, Statement, QM31, Function, Stages, boolean, Consumer)
    public static SumcheckResult prove(ProverChannel channel, String tag, Statement statement, QM31 claim,
            Function<Column, ? extends IntTensor> data, Stages stages, Consumer<Claim> opened) {
        return prove(channel, tag, statement, claim, data, stages, true, opened);
    }

    /// Runs all rounds and sends the final values of the private factors.
    ///
    /// @param tag the verifier's tag
    /// @param claim the sum
    /// @param data values of the columns in the statement
    /// @param stages run the rounds
    /// @param checked whether checks are on
    /// @param opened receives one claim for each column factor, in the verifier's order
    /// @return the final point and the values of derived factors
    /// @throws IllegalStateException naming the tag, if checks are on and the sum is not the claim
    public static SumcheckResult prove(ProverChannel channel, String tag, Statement statement, QM31 claim,
            Function<Column, ? extends IntTensor> data, Stages stages, boolean checked, Consumer<Claim> opened) {
        SumcheckProver prover = new SumcheckProver(channel, tag, statement, checked);
        try (StatementRounds rounds = stages.statement(prover.program, data)) {
            return prover.run(rounds, claim, opened);
        }
    }

    private SumcheckResult run(StatementRounds sums, QM31 claim, Consumer<Claim> opened) {
        int bits = statement.bits();
        QM31[] flat = new QM31[bits];
        QM31 running = claim;
        for (int v = bits - 1; v >= SCALAR_BITS; v--) {
            QM31[] s = round(sums, v, running);
            flat[v] = send(s);
            running = RoundPolynomial.evaluate(s, flat[v]);
            sums.bind(v, flat[v]);
            scale(v, flat[v]);
        }
        int left = Math.min(bits, SCALAR_BITS);
        ScalarRounds rounds = new ScalarRounds(statement.expression(), remaining(sums.values(left)), 1 << left);
        for (int v = left - 1; v >= 0; v--) {
            QM31[] s = rounds.round(statement.degree(v));
            if (check && !s[0].add(s[1]).equals(running)) {
                throw new IllegalStateException(
                        "sumcheck " + tag + ": the values of variable " + v + " do not add up to the claim");
            }
            s[1] = running.sub(s[0]);
            flat[v] = send(s);
            running = RoundPolynomial.evaluate(s, flat[v]);
            rounds.fold(flat[v]);
        }
        if (check && !statement.expression().evaluate(rounds::last).equals(running)) {
            throw new IllegalStateException("sumcheck " + tag + ": the final value does not match the claim");
        }
        return finish(Point.split(statement.variables(), flat), rounds, opened);
    }

    /// Sends s(0), s(2), ..., s(D) and draws the challenge.
    private QM31 send(QM31[] s) {
        QM31[] sent = new QM31[s.length - 1];
        sent[0] = s[0];
        System.arraycopy(s, 2, sent, 1, s.length - 2);
        channel.send(tag + "/round", sent);
        return channel.challenge(tag + "/challenge");
    }

    /// s(0), ..., s(D) of a round on whole blocks; s(1) is what the claim leaves.
    private QM31[] round(StatementRounds sums, int v, QM31 claim) {
        int degree = statement.degree(v);
        QM31[] s = new QM31[degree + 1];
        if (equality < 0 || equalityPoint[v] == null) {
            QM31[] g = complete(sums, v, degree, claim.mul(equalityScale.inv()));
            for (int k = 0; k <= degree; k++) {
                s[k] = g[k].mul(equalityScale);
            }
            return s;
        }
        QM31 r = equalityPoint[v];
        QM31 zero = QM31.ONE.sub(r);
        QM31[] g = values(sums, v, degree - 1);
        if (degree > 1) {
            // claim = scale ((1 - r) g(0) + r g(1))
            g[1] = r.isZero()
                    ? sums.atOne(v)
                    : claim.mul(equalityScale.inv()).sub(zero.mul(g[0])).mul(r.inv());
        }
        completeQuadratic(g);
        for (int k = 0; k <= degree; k++) {
            QM31 value = k < g.length ? g[k] : RoundPolynomial.evaluate(g, QM31.of(k));
            s[k] = Eq.factor(r, QM31.of(k)).mul(value).mul(equalityScale);
        }
        s[1] = claim.sub(s[0]);
        return s;
    }

    private QM31[] complete(StatementRounds sums, int v, int degree, QM31 claim) {
        QM31[] g = values(sums, v, degree);
        g[1] = claim.sub(g[0]);
        completeQuadratic(g);
        return g;
    }

    /// g(0), -, g(2), ..., g(degree); for degree 2 the leading coefficient in place of g(2).
    private static QM31[] values(StatementRounds sums, int v, int degree) {
        QM31[] g = new QM31[degree + 1];
        QM31[] values = sums.round(v, degree);
        g[0] = values[0];
        if (degree >= 2) {
            System.arraycopy(values, 1, g, 2, degree - 1);
        }
        return g;
    }

    /// Replaces the leading coefficient of a quadratic by g(2) = 2 g(1) - g(0) + 2 lead.
    private static void completeQuadratic(QM31[] g) {
        if (g.length == 3) {
            g[2] = g[1].add(g[2]).mul(2).sub(g[0]);
        }
    }

    /// What the factored equality contributes for a variable that is bound.
    private void scale(int v, QM31 r) {
        if (equality >= 0 && equalityPoint[v] != null) {
            equalityScale = equalityScale.mul(Eq.factor(equalityPoint[v], r));
        }
    }

    /// The values that are left of every factor, the scale of the equality included.
    private Map<Factor, QM31[]> remaining(QM31[][] values) {
        Map<Factor, QM31[]> result = new LinkedHashMap<>();
        for (int f = 0; f < values.length; f++) {
            QM31[] v = values[f];
            if (f == equality) {
                for (int i = 0; i < v.length; i++) {
                    v[i] = v[i].mul(equalityScale);
                }
            }
            result.put(factors.get(f), v);
        }
        return result;
    }

    private SumcheckResult finish(Point end, ScalarRounds rounds, Consumer<Claim> opened) {
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : factors) {
            QM31 value = rounds.last(f);
            switch (f) {
                case PublicFactor _ -> { }
                case ColumnFactor c -> {
                    channel.send(tag + "/value", value);
                    opened.accept(c.claim(end, PrivateValue.known(value)));
                }
                case DerivedFactor d -> {
                    channel.send(tag + "/value", value);
                    derived.put(d, PrivateValue.known(value));
                }
            }
        }
        return new SumcheckResult(end, derived);
    }
}
