package dev.chagres.prove.forgery;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.prove.data.OneHotValues;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.RoundPolynomial;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// A sumcheck of a false claim whose last check holds: the rounds are those of the true polynomial, and one value at
/// the end is the one that the verifier's running claim asks for. What it leaves is a false claim
/// about a column, or about a derived polynomial that a later sumcheck is about.
final class AdaptiveSumcheck {
    private final ProverChannel channel;
    private final String tag;
    private final Statement statement;
    private final Function<Column, ? extends IntTensor> data;
    private final Consumer<Claim> opened;
    private final boolean derives;
    private final Map<Factor, QM31[]> tables = new LinkedHashMap<>();

    /// @param derives whether a derived factor's value is chosen rather than a column's
    AdaptiveSumcheck(ProverChannel channel, String tag, Statement statement, Function<Column, ? extends IntTensor> data,
            Consumer<Claim> opened, boolean derives) {
        this.derives = derives;
        this.channel = channel;
        this.tag = tag;
        this.statement = statement;
        this.data = data;
        this.opened = opened;
        for (Factor f : statement.expression().factors()) {
            QM31[] table = new QM31[1 << statement.bits()];
            switch (f) {
                case OneHotFactor o -> {
                    QM31[] own = OneHotValues.product(o, data);
                    Arrays.setAll(table, x -> {
                        Point point = Point.split(statement.variables(), bits(x));
                        return own[index(point.flat(o.variables()))];
                    });
                }
                case PublicFactor _, ColumnFactor _ ->
                        Arrays.setAll(table, x -> at(f, Point.split(statement.variables(), bits(x))));
            }
            tables.put(f, table);
        }
    }

    private QM31[] bits(int x) {
        QM31[] point = new QM31[statement.bits()];
        Arrays.setAll(point, i -> QM31.of(x >> i & 1));
        return point;
    }

    private static int index(QM31[] point) {
        int index = 0;
        for (int i = 0; i < point.length; i++) {
            index |= point[i].c0() << i;
        }
        return index;
    }

    private QM31 at(Factor f, Point point) {
        return switch (f) {
            case PublicFactor p -> p.evaluate(point);
            case ColumnFactor c -> {
                Claim claim = c.claim(point, PrivateValue.ZERO);
                yield TensorEvaluation.evaluate(data.apply(c.column()), c.column().shape(), claim.low(),
                        claim.weights(), TestHosts.of(1));
            }
            case DerivedFactor d -> throw new IllegalStateException(d.label());
        };
    }

    SumcheckResult run(QM31 claim) {
        QM31[] flat = new QM31[statement.bits()];
        QM31 running = claim;
        for (int i = flat.length - 1; i >= 0; i--) {
            QM31[] sent = round(i);
            channel.send(tag + "/round", sent);
            flat[i] = channel.challenge(tag + "/challenge");
            running = RoundPolynomial.evaluate(RoundPolynomial.complete(
                    PrivateValue.known(sent), PrivateValue.known(running)), flat[i]).number();
            bind(i, flat[i]);
        }
        return end(Point.split(statement.variables(), flat), running);
    }

    /// s(0), s(2), ..., s(D) of variable `i`, the highest that is left.
    private QM31[] round(int i) {
        int half = 1 << i;
        QM31[] sent = new QM31[statement.degree(i)];
        for (int n = 0; n < sent.length; n++) {
            QM31 at = QM31.of(n == 0 ? 0 : n + 1);
            QM31 sum = QM31.ZERO;
            for (int x = 0; x < half; x++) {
                int low = x;
                sum = sum.add(statement.expression().evaluate(f -> {
                    QM31[] t = tables.get(f);
                    return t[low].add(at.mul(t[low + half].sub(t[low])));
                }));
            }
            sent[n] = sum;
        }
        return sent;
    }

    private void bind(int i, QM31 r) {
        int half = 1 << i;
        for (QM31[] t : tables.values()) {
            for (int x = 0; x < half; x++) {
                t[x] = t[x].add(r.mul(t[x + half].sub(t[x])));
            }
        }
    }

    private SumcheckResult end(Point end, QM31 running) {
        Map<Factor, QM31> values = new HashMap<>();
        tables.forEach((f, t) -> values.put(f, t[0]));
        if (!adapt(values, running)) {
            throw new IllegalStateException(tag + ": the last check is linear in no value");
        }
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            switch (f) {
                case ColumnFactor c -> {
                    channel.send(tag + "/value", values.get(f));
                    opened.accept(c.claim(end, PrivateValue.known(values.get(f))));
                }
                case DerivedFactor d -> {
                    channel.send(tag + "/value", values.get(f));
                    derived.put(d, PrivateValue.known(values.get(f)));
                }
                case PublicFactor _ -> { }
            }
        }
        return new SumcheckResult(end, derived);
    }

    /// Solves the last check for a column's value or else, or only, a derived one.
    private boolean adapt(Map<Factor, QM31> values, QM31 running) {
        return tables.keySet().stream().anyMatch(f -> !derives && f instanceof ColumnFactor
                && adapt(values, f, running))
                || tables.keySet().stream().anyMatch(f -> f instanceof DerivedFactor && adapt(values, f, running));
    }

    /// Solves the last check for one value, if it is linear in it.
    private boolean adapt(Map<Factor, QM31> values, Factor f, QM31 running) {
        Expression e = statement.expression();
        Map<Factor, QM31> trial = new HashMap<>(values);
        trial.put(f, QM31.ZERO);
        QM31 constant = e.evaluate(trial::get);
        trial.put(f, QM31.ONE);
        QM31 slope = e.evaluate(trial::get).sub(constant);
        if (slope.isZero()) {
            return false;
        }
        QM31 value = running.sub(constant).mul(slope.inv());
        trial.put(f, value);
        if (!e.evaluate(trial::get).equals(running)) {
            return false;
        }
        values.put(f, value);
        return true;
    }
}
