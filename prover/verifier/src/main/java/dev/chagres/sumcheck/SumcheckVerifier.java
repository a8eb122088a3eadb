package dev.chagres.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Ring;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
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
            VerifierChannel channel, String tag, Statement statement, PrivateValue claim, Consumer<Claim> opened)
            throws Rejection {
        int n = statement.bits();
        QM31[] flat = new QM31[n];
        int[] degrees = statement.degrees();
        PrivateValue running = claim;
        for (int i = n - 1; i >= 0; i--) {
            PrivateValue[] sent = channel.receive(tag + "/round", degrees[i]);
            flat[i] = channel.challenge(tag + "/challenge");
            running = RoundPolynomial.evaluate(RoundPolynomial.complete(sent, running), flat[i]);
        }
        Point end = Point.split(statement.variables(), flat);
        Map<Factor, PrivateValue> values = new HashMap<>();
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            PrivateValue value = switch (f) {
                case PublicFactor p -> PrivateValue.known(p.evaluate(end));
                case ColumnFactor c -> {
                    PrivateValue v = channel.receive(tag + "/value", 1)[0];
                    opened.accept(c.claim(end, v));
                    yield v;
                }
                case DerivedFactor d -> {
                    PrivateValue v = channel.receive(tag + "/value", 1)[0];
                    derived.put(d, v);
                    yield v;
                }
            };
            values.put(f, value);
        }
        String name = tag.substring(tag.lastIndexOf('/') + 1);
        channel.require("sumcheck/" + name,
                statement.expression().evaluate(values::get, Ring.PRIVATE).sub(running),
                "the final value of sumcheck " + tag + " does not match its rounds");
        return new SumcheckResult(end, derived);
    }
}
