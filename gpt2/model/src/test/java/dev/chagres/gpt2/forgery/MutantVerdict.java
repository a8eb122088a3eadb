package dev.chagres.gpt2.forgery;

import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;

/// The verifier of the world that this class is loaded in.
final class MutantVerdict {
    static final String ACCEPTED = "accepted";

    /// In place of a check: the key is refused.
    static final String UNREADABLE = "reader of keys";

    private MutantVerdict() {}

    /// Id of the first failed check, or `accepted`.
    static String of(byte[] key, byte[] proof) {
        VerifyingKey read;
        try {
            read = VerifyingKey.decode(key);
        } catch (IllegalArgumentException refused) {
            return UNREADABLE;
        }
        return new Verifier(read).verify(proof) instanceof Verdict.Rejected rejected ? rejected.check() : ACCEPTED;
    }
}
