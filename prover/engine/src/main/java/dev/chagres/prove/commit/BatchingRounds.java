package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.prove.stage.Stages;
import dev.chagres.transcript.ProverChannel;
import java.util.Arrays;

/// The rounds of the batching sumcheck of `sum_x F(x) W(x)`: the head variables on the sums H_g, the others on F and W
/// folded over the head.
final class BatchingRounds {
    private final Stages stages;
    private final boolean checked;
    private final AddressSpace space;
    private final int head;
    private final int rowFoldBits;
    private final QM31[] r;
    private QM31 claim;
    private QM31 value;

    /// @param checked whether every identity is asserted
    BatchingRounds(Stages stages, boolean checked, BatchedClaims batch, CommitmentParameters parameters) {
        this.stages = stages;
        this.checked = checked;
        this.space = batch.space();
        this.head = parameters.headBits();
        this.rowFoldBits = parameters.foldGrindingBits(0);
        this.r = new QM31[space.variables()];
        this.claim = batch.value().number();
    }

    /// Binds the head variables, top of them first.
    ///
    /// @param sums with the low points of all groups, which stay the caller's
    /// @return their challenges, by variable
    QM31[] head(ProverChannel channel, ProductRounds sums) {
        ProductSumcheck rounds = new ProductSumcheck(stages, checked, sums, claim);
        for (int v = head - 1; v >= 0; v--) {
            r[v] = rounds.round(channel, OpeningTags.BATCH, v, 0);
        }
        claim = rounds.claim();
        return Arrays.copyOf(r, head);
    }

    /// Binds the other variables, top first, and sends F(r).
    ///
    /// @param folded F and W, folded over the head, which stay the caller's
    /// @return r, one coordinate per variable of F
    QM31[] tail(ProverChannel channel, ProductRounds folded) {
        ProductSumcheck rounds = new ProductSumcheck(stages, checked, folded, claim);
        for (int v = r.length - 1; v >= head; v--) {
            r[v] = rounds.round(channel, OpeningTags.BATCH, v, v >= space.k() ? rowFoldBits : 0);
        }
        QM31[][] ends = folded.values();
        value = ends[0][0];
        if (checked && !value.mul(ends[1][0]).equals(rounds.claim())) {
            throw new IllegalStateException("batching sumcheck: F(r) W(r) is not the last claim");
        }
        channel.send(OpeningTags.VALUE, value);
        return r.clone();
    }

    /// F(r), after [#tail].
    QM31 value() {
        return value;
    }
}
