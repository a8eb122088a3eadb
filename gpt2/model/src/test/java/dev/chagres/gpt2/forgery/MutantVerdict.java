package dev.chagres.gpt2.forgery;

import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;

/// The verifier of the world that this class is loaded in.
final class MutantVerdict {
    static final String ACCEPTED = "accepted";

    private MutantVerdict() {}

    /// Id of the first failed check, or `accepted`.
    static String of(byte[] key, byte[] proof) {
        return new Verifier(VerifyingKey.decode(key)).verify(proof) instanceof Verdict.Rejected rejected
                ? rejected.check() : ACCEPTED;
    }
}
