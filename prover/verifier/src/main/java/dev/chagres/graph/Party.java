package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One party of the proof as a reduction sees it. Both parties run the same reduction: the prover computes and sends
/// what the verifier receives and checks.
public interface Party {
    /// Draws a challenge.
    QM31 challenge(String tag);

    /// Draws a challenge whose powers 0 .. terms - 1 make one statement of `terms` ones.
    default QM31 batching(String tag, int terms) {
        return challenge(tag);
    }

    /// Draws `n` challenges.
    QM31[] challenges(String tag, int n);

    /// Draws a point of a shape: coordinates for each axis, low axes first.
    default Map<String, QM31[]> point(String tag, Shape shape) {
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        QM31[] flat = challenges(tag, axes.stream().mapToInt(Axis::bits).sum());
        Map<String, QM31[]> result = new LinkedHashMap<>();
        int at = 0;
        for (Axis a : axes) {
            result.put(a.name(), Arrays.copyOfRange(flat, at, at + a.bits()));
            at += a.bits();
        }
        return result;
    }

    /// The value of a column at a point, sent by the prover and claimed against the commitment.
    ///
    /// @throws Rejection if the message is malformed
    PrivateValue open(Column column, TilePoint at) throws Rejection;

    /// Claims a value that both parties know already.
    void claim(Column column, TilePoint at, QM31 value);

    /// Proves that the statement sums to `claim`; its column factors become claims against the commitment.
    ///
    /// @throws Rejection if the rounds or the final check fail
    SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) throws Rejection;

    /// Requires an equality.
    ///
    /// @param check identifier listed in docs/protocol.md
    /// @throws Rejection with that identifier
    void require(String check, PrivateValue actual, PrivateValue expected) throws Rejection;
}
