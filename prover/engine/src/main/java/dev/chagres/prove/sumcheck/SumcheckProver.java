package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.sumcheck.RoundPolynomial;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
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
    private static final int SCALAR_BITS = 4;

    private final ProverChannel channel;
    private final String tag;
    private final Statement statement;
    private final List<Factor> factors;
    private final FactorTable[] tables;
    private final FieldKernels kernels;
    private final boolean check;
    private final RoundSum sum;
    /// The factored equality, or -1.
    private final int equality;
    /// Its coordinate for every variable of the statement, null where it does not depend on it.
    private final QM31[] equalityPoint;
    private QM31 equalityScale = QM31.ONE;

    private SumcheckProver(ProverChannel channel, String tag, Statement statement, Function<Column, HostTensor> data,
            Host host, boolean checked, MemoryScope arena) {
        this.channel = channel;
        this.tag = tag;
        this.statement = statement;
        this.factors = new ArrayList<>(statement.expression().factors());
        this.kernels = host.field();
        this.check = checked;
        FactorTables binding = new FactorTables(statement, data, host);
        this.tables = new FactorTable[factors.size()];
        Map<Factor, Integer> numbers = new HashMap<>();
        for (int f = 0; f < tables.length; f++) {
            numbers.put(factors.get(f), f);
            tables[f] = binding.table(factors.get(f), arena);
        }
        TermSum body = TermSum.of(statement.expression(), numbers);
        this.equality = equality(body);
        this.equalityPoint = new QM31[statement.bits()];
        if (equality >= 0) {
            EqFactor eq = (EqFactor) factors.get(equality);
            int[] positions = binding.positions(eq);
            for (int i = 0; i < positions.length; i++) {
                equalityPoint[positions[i]] = eq.coordinate(i);
            }
            body = body.divide(equality);
        }
        this.sum = new RoundSum(body, tables, kernels, arena);
    }

    /// The equality with most variables among those that divide the expression.
    private int equality(TermSum body) {
        int best = -1;
        int bits = 0;
        for (int f = 0; f < tables.length; f++) {
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

    /// Proves with all checks on.
    ///
    /// @see #prove(ProverChannel, String, Statement, QM31, Function, Host, boolean, Consumer)
    public static SumcheckResult prove(ProverChannel channel, String tag, Statement statement, QM31 claim,
            Function<Column, HostTensor> data, Host host, Consumer<Claim> opened) {
        return prove(channel, tag, statement, claim, data, host, true, opened);
    }

    /// Runs all rounds and sends the final values of the private factors.
    ///
    /// Memory: one ext array for every factor, over the variables it depends on and at least 2^10 elements of the cube.
    ///
    /// @param tag the verifier's tag
    /// @param claim the sum
    /// @param data values of the columns in the statement
    /// @param checked whether checks are on
    /// @param opened receives one claim for each column factor, in the verifier's order
    /// @return the final point and the values of derived factors
    /// @throws IllegalStateException naming the tag, if checks are on and the sum is not the claim
    public static SumcheckResult prove(ProverChannel channel, String tag, Statement statement, QM31 claim,
            Function<Column, HostTensor> data, Host host, boolean checked, Consumer<Claim> opened) {
        try (MemoryScope arena = host.scope()) {
            return new SumcheckProver(channel, tag, statement, data, host, checked, arena).run(claim, opened);
        }
    }

    private SumcheckResult run(QM31 claim, Consumer<Claim> opened) {
        int bits = statement.bits();
        QM31[] flat = new QM31[bits];
        QM31 running = claim;
        for (int v = bits - 1; v >= SCALAR_BITS; v--) {
            QM31[] s = round(v, running);
            flat[v] = send(s);
            running = RoundPolynomial.evaluate(s, flat[v]);
            bind(v, flat[v]);
        }
        int left = Math.min(bits, SCALAR_BITS);
        ScalarRounds rounds = new ScalarRounds(statement.expression(), remaining(1 << left), 1 << left);
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
    private QM31[] round(int v, QM31 claim) {
        int degree = statement.degree(v);
        FactorTable weight = equality < 0 ? null : tables[equality];
        QM31[] s = new QM31[degree + 1];
        if (equality < 0 || equalityPoint[v] == null) {
            QM31[] g = complete(v, weight, degree, claim.mul(equalityScale.inv()));
            for (int k = 0; k <= degree; k++) {
                s[k] = g[k].mul(equalityScale);
            }
            return s;
        }
        weight.sumOut(v, kernels);
        QM31 r = equalityPoint[v];
        QM31 zero = QM31.ONE.sub(r);
        QM31[] g = values(v, weight, degree - 1);
        if (degree > 1) {
            // claim = scale ((1 - r) g(0) + r g(1))
            g[1] = r.isZero()
                    ? sum.atOne(v, weight)
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

    private QM31[] complete(int v, FactorTable weight, int degree, QM31 claim) {
        QM31[] g = values(v, weight, degree);
        g[1] = claim.sub(g[0]);
        completeQuadratic(g);
        return g;
    }

    /// g(0), -, g(2), ..., g(degree); for degree 2 the leading coefficient in place of g(2).
    private QM31[] values(int v, FactorTable weight, int degree) {
        QM31[] g = new QM31[degree + 1];
        if (degree <= 2) {
            QM31[] q = sum.quadratic(v, weight);
            g[0] = q[0];
            if (degree == 2) {
                g[2] = q[1];
            }
        } else {
            QM31[] values = sum.values(v, weight, degree);
            g[0] = values[0];
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

    private void bind(int v, QM31 r) {
        for (int f = 0; f < tables.length; f++) {
            if (f != equality) {
                tables[f].fold(v, r, kernels);
            }
        }
        if (equality >= 0 && equalityPoint[v] != null) {
            equalityScale = equalityScale.mul(Eq.factor(equalityPoint[v], r));
        }
    }

    private Map<Factor, QM31[]> remaining(int n) {
        Map<Factor, QM31[]> values = new LinkedHashMap<>();
        for (int f = 0; f < tables.length; f++) {
            QM31[] v = tables[f].values(n);
            if (f == equality) {
                for (int i = 0; i < n; i++) {
                    v[i] = v[i].mul(equalityScale);
                }
            }
            values.put(factors.get(f), v);
        }
        return values;
    }

    private SumcheckResult finish(Point end, ScalarRounds rounds, Consumer<Claim> opened) {
        Map<DerivedFactor, QM31> derived = new HashMap<>();
        for (Factor f : factors) {
            QM31 value = rounds.last(f);
            switch (f) {
                case PublicFactor _ -> { }
                case ColumnFactor c -> {
                    channel.send(tag + "/value", value);
                    opened.accept(c.claim(end, value));
                }
                case DerivedFactor d -> {
                    channel.send(tag + "/value", value);
                    derived.put(d, value);
                }
            }
        }
        return new SumcheckResult(end, derived);
    }
}
