package dev.chagres.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Verifies a symbolic sumcheck (Lund, Fortnow, Karloff, Nisan): degree and final check come from the statement.
public final class SumcheckVerifier {
    private SumcheckVerifier() {}

    /// Runs all rounds, receives the final values of the private factors and checks the expression.
    ///
    /// @param tag prefix of all tags; its last part names the statement
    /// @param opened receives one claim per column factor
    /// @return the final point and the values of derived factors
    /// @throws Rejection `sumcheck/` and the name of the statement, or a format check
    public static SumcheckResult verify(
            VerifierChannel channel, String tag, Statement statement, QM31 claim, Consumer<Claim> opened)
            throws Rejection {
        int n = statement.bits();
        QM31[] flat = new QM31[n];
        int[] degrees = statement.degrees();
        QM31 running = claim;
        for (int i = n - 1; i >= 0; i--) {
            QM31[] sent = channel.receive(tag + "/round", degrees[i]);
            flat[i] = channel.challenge(tag + "/challenge");
            running = RoundPolynomial.evaluate(RoundPolynomial.complete(sent, running), flat[i]);
        }
        Point end = Point.split(statement.variables(), flat);
        Map<Factor, QM31> values = new HashMap<>();
        Map<DerivedFactor, QM31> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            QM31 value = switch (f) {
                case PublicFactor p -> p.evaluate(end);
                case ColumnFactor c -> {
                    QM31 v = channel.receive(tag + "/value", 1)[0];
                    opened.accept(c.claim(end, v));
                    yield v;
                }
                case DerivedFactor d -> {
                    QM31 v = channel.receive(tag + "/value", 1)[0];
                    derived.put(d, v);
                    yield v;
                }
            };
            values.put(f, value);
        }
        if (!statement.expression().evaluate(values::get).equals(running)) {
            String name = tag.substring(tag.lastIndexOf('/') + 1);
            throw new Rejection("sumcheck/" + name, "the final value of sumcheck " + tag
                    + " does not match its rounds");
        }
        return new SumcheckResult(end, derived);
    }
}
