package dev.chagres.prove.commit;

import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QuadraticRound;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.prove.stage.Stages;
import dev.chagres.transcript.ProverChannel;

/// The messages of the sumcheck of `sum_i a[i] b[i]` over two arrays.
final class ProductSumcheck {
    private final Stages stages;
    private final boolean checked;
    private final ProductRounds arrays;
    private QM31 claim;

    /// @param stages search nonces
    /// @param checked whether every identity is asserted
    /// @param arrays whose variables are bound
    /// @param claim the claimed sum
    ProductSumcheck(Stages stages, boolean checked, ProductRounds arrays, QM31 claim) {
        this.stages = stages;
        this.checked = checked;
        this.arrays = arrays;
        this.claim = claim;
    }

    /// One round: sends s(0) and the coefficient of X^2 and binds the variable to the challenge, which is returned.
    ///
    /// @param variable number of the variable, for errors
    /// @param foldGrindingBits work before the challenge, as the challenge of a fold may ask for
    /// @throws IllegalStateException if s(0) + s(1) is not the running claim
    QM31 round(ProverChannel channel, String tag, int variable, int foldGrindingBits) {
        QM31[] message = arrays.round(checked);
        if (checked && !message[0].add(message[2]).equals(claim)) {
            throw new IllegalStateException(tag + ": s(0) + s(1) is not the claim in the round of variable "
                    + variable);
        }
        channel.send(tag, message[0], message[1]);
        if (foldGrindingBits > 0) {
            Grinding.grind(channel, OpeningTags.GRIND_FOLD, foldGrindingBits, stages);
        }
        QM31 r = channel.challenge(tag);
        arrays.bind(r);
        claim = QuadraticRound.next(claim, message[0], message[1], r);
        return r;
    }

    /// The running claim: the sum of products of what is left of both arrays.
    QM31 claim() {
        return claim;
    }
}
