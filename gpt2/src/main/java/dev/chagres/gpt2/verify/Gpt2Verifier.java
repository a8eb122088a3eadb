package dev.chagres.gpt2.verify;

import dev.chagres.commit.SecurityAccount;
import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.graph.StatementException;
import dev.chagres.graph.Graph;
import dev.chagres.transcript.Rejection;
import dev.chagres.verify.ProofVerifier;
import dev.chagres.verify.PublicInput;
import java.util.Arrays;
import java.util.Locale;

/// Verifies proofs against one key. Any bytes give a verdict; the key comes from the verifier's side and nothing about it is
/// read from the proof.
public final class Gpt2Verifier {
    private final VerifyingKey key;

    public Gpt2Verifier(VerifyingKey key) {
        this.key = key;
    }

    /// @param proof the bytes of a proof file
    public Verdict verify(byte[] proof) {
        try {
            ProofFile file = ProofFile.decode(proof);
            if (!Arrays.equals(file.keyDigest(), key.digest())) {
                throw new Rejection("statement/key", "the proof was made for another key");
            }
            return verify(file.sequence(), file.stream());
        } catch (Rejection r) {
            return new Verdict.Rejected(r.check(), r.getMessage());
        }
    }

    private Verdict verify(Sequence sequence, byte[] stream) throws Rejection {
        Graph graph;
        try {
            graph = Gpt2Graph.of(key.spec(), sequence).graph();
        } catch (StatementException e) {
            throw new Rejection(e.check(), e.getMessage());
        }
        SecurityAccount account;
        try {
            account = Gpt2Security.of(graph, key.parameters());
        } catch (IllegalArgumentException e) {
            // The key columns fitted when the key was read: it is the witness that does not.
            throw new Rejection("statement/size", e.getMessage());
        }
        if (account.minimum() < Gpt2Security.MINIMUM_BITS) {
            throw new Rejection("key/security", String.format(Locale.ROOT,
                    "a proof for this key is worth %.1f bits, less than %.0f", account.minimum(), Gpt2Security.MINIMUM_BITS));
        }
        ProofVerifier.verify(graph, key.parameters(), publicInput(key, sequence), stream);
        return new Verdict.Accepted(sequence);
    }

    /// What both parties absorb first.
    public static PublicInput publicInput(VerifyingKey key, Sequence sequence) {
        return new PublicInput(key.digest(), key.root(), ProofFile.statement(sequence));
    }
}
