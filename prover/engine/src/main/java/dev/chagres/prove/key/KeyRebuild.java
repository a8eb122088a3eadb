package dev.chagres.prove.key;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.model.Circuit;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.profile.Progress;

/// Builds the verifying key of a model without writing files, to compare it with one that somebody else made.
public final class KeyRebuild {
    private KeyRebuild() {}

    /// The key that [KeySetup] would write with these parameters. Memory: the key columns and the tree.
    ///
    /// @param parameters of the key that is compared; those of a key that this version would make are another matter
    /// @throws IllegalArgumentException if a bound of the model does not hold, or the model does not fit the parameters
    public static VerifyingKey of(KeySource model, CommitmentParameters parameters, Host host, Progress progress) {
        progress.phase("check", 0);
        model.check();
        Circuit circuit = model.spec().inference(1);
        MatrixLayout layout = MatrixLayout.of(circuit.keyColumns(), parameters.k());
        progress.phase("lay out weights", 0);
        try (FilledKeyData data = new FilledKeyData(model)) {
            progress.phase("commit weights", MatrixCommitment.steps(layout));
            try (MatrixCommitment commitment = MatrixCommitment.commit(
                    parameters, layout, new TensorSource(data.of(circuit)), host, progress::step)) {
                progress.end();
                return new VerifyingKey(model.name(), model.tokenizer(), model.spec(), parameters, commitment.root());
            }
        }
    }
}
