package dev.chagres.gpt2.quantize;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.IntervalCheckException;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.tensor.Column;
import java.util.List;

/// Whether keys can be made of an integer model: everything that happens to it later and can fail because of its
/// numbers is done once, without the weights' commitment. A model that passes is accepted by `setup` and `generate`.
final class SetupCheck {

    private SetupCheck() {}

    /// @throws QuantizationException with one line, naming layer and matrix where one is to blame
    static void check(IntegerModel model) {
        try {
            IntervalCheck.check(model);
            DecoderSpec spec = PublicSpec.of(model);
            List<Column> columns = spec.inference(1).graph().keyColumns();
            CommitmentParameters parameters = ProofSecurity.choose(spec, ProofSecurity.MINIMUM_BITS);
            MatrixLayout.of(columns, parameters.k());
            VerifyingKey key =
                    new VerifyingKey(model.name(), model.tokenizer(), spec, parameters,
                            new byte[MerkleProof.NODE_BYTES]);
            VerifyingKey.decode(key.encode());
        } catch (IntervalCheckException | IllegalArgumentException | ArithmeticException e) {
            throw new QuantizationException("the model does not fit the integer program: " + e.getMessage(), e);
        }
    }
}
