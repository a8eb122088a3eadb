package dev.chagres.ffm.embed;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.statement.Binding;
import java.util.concurrent.CancellationException;

/// A prover of the host: an open key and its engine. Several threads may prove at once.
final class OpenProver {
    private final OpenEngine owner;
    private final Engine engine;
    private final ProvingKey key;
    private final Users users = new Users("prover");

    /// @param owner  forgets this prover when it is closed
    /// @param engine of the owner
    OpenProver(OpenEngine owner, Engine engine, ProvingKey key) {
        this.owner = owner;
        this.engine = engine;
        this.key = key;
    }

    VerifyingKey verifyingKey() {
        return key.verifyingKey();
    }

    /// Continues a prompt, proves it, and tells the host about all of it.
    ///
    /// @throws CancellationException if the host wants no more, or closes the prover
    /// @throws RuntimeException as [dev.chagres.prove.Prover#generateAndProve]
    void prove(int[] prompt, int generate, Binding binding, HostSink sink) {
        users.enter();
        try {
            HostProgress progress = new HostProgress(sink, users);
            byte[] proof;
            try {
                proof = engine.prover(key).bind(binding).progress(progress)
                        .generateAndProve(prompt, generate, progress::token).encode();
            } catch (RuntimeException e) {
                throw progress.cancelled() ? HostProgress.cancellation() : e;
            }
            if (users.closing() || sink.proof(proof)) {
                throw HostProgress.cancellation();
            }
        } finally {
            users.leave();
        }
    }

    /// Cancels proofs, waits for them, closes the key. Calls after the first do nothing.
    void close() throws InterruptedException {
        if (users.close()) {
            try {
                key.close();
            } finally {
                owner.remove(this);
            }
        }
    }
}
