package dev.chagres.proof;

import dev.chagres.commit.SecurityAccount;
import dev.chagres.graph.Graph;
import dev.chagres.statement.Binding;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import dev.chagres.verify.ProofVerifier;
import dev.chagres.verify.PublicInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Verifies proofs against one key. Any bytes give a verdict; the key comes from the verifier's side and nothing about
/// it is read from the proof.
public final class Verifier {
    private final VerifyingKey key;

    public Verifier(VerifyingKey key) {
        this.key = key;
    }

    /// @param proof the bytes of a proof file
    public Verdict verify(byte[] proof) {
        try {
            Proof file = Proof.decode(proof);
            if (!Arrays.equals(file.keyDigest(), key.digest())) {
                throw new Rejection("statement/key", "the proof was made for another key");
            }
            return verify(file.sequence(), file.binding(), file.stream());
        } catch (Rejection r) {
            return new Verdict.Rejected(r.check(), r.getMessage());
        }
    }

    /// Verifies a proof file, or a proof that comes through a stream with a path.
    ///
    /// @throws IOException naming the file if it cannot be read or is longer than any proof; what is read gives a
    ///     verdict
    public Verdict verify(Path proof) throws IOException {
        return verify(Proof.readBytes(proof));
    }

    private Verdict verify(TokenSequence sequence, Binding binding, byte[] stream) throws Rejection {
        Graph graph;
        try {
            graph = key.spec().compile(sequence).graph();
        } catch (StatementException e) {
            throw new Rejection(e.check(), e.getMessage());
        }
        SecurityAccount account;
        try {
            account = ProofSecurity.of(graph, key.parameters());
        } catch (IllegalArgumentException e) {
            // The key columns fitted when the key was read: it is the witness that does not.
            throw new Rejection("statement/size", e.getMessage());
        }
        if (account.minimum() < ProofSecurity.MINIMUM_BITS) {
            throw new Rejection("key/security", String.format(Locale.ROOT,
                    "a proof for this key is worth %.1f bits, less than %.0f", account.minimum(),
                    ProofSecurity.MINIMUM_BITS));
        }
        ProofVerifier.verify(graph, key.parameters(), publicInput(key, sequence, binding), stream);
        return new Verdict.Accepted(sequence, binding, Ending.of(sequence, key.spec().limits()), account.minimum());
    }

    /// What both parties absorb first.
    public static PublicInput publicInput(VerifyingKey key, TokenSequence sequence, Binding binding) {
        return new PublicInput(key.digest(), key.root(), Proof.statement(sequence, binding));
    }
}
