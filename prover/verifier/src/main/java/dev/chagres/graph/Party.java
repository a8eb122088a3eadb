package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.poly.Statement;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;

/// One party of the proof as a reduction sees it. Both parties run the same reduction: the prover computes and sends
/// what the verifier receives and checks.
public interface Party {
    /// Draws a challenge.
    QM31 challenge(String tag);

    /// Draws `n` challenges.
    QM31[] challenges(String tag, int n);

    /// The value `sum_t weights[t] <tile t of column, eq(low)>`, sent by the prover and claimed against the commitment.
    ///
    /// @throws Rejection if the message is malformed
    QM31 open(Column column, QM31[] low, QM31[] weights) throws Rejection;

    /// Claims a value of one tile that both parties know already.
    void claim(Column column, QM31[] low, int tile, QM31 value);

    /// Proves that the statement sums to `claim`; its column factors become claims against the commitment.
    ///
    /// @throws Rejection if the rounds or the final check fail
    SumcheckResult sumcheck(String tag, Statement statement, QM31 claim) throws Rejection;

    /// Requires an equality.
    ///
    /// @param check identifier listed in docs/protocol.md
    /// @throws Rejection with that identifier
    void require(String check, QM31 actual, QM31 expected) throws Rejection;
}
