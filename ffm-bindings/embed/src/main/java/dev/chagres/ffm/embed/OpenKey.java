package dev.chagres.ffm.embed;

import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// A verifying key of the host, its verifier and its tokenizer.
final class OpenKey {
    private final VerifyingKey key;
    private final Verifier verifier;
    private Optional<Tokenizer> tokenizer;

    OpenKey(VerifyingKey key) {
        this.key = key;
        this.verifier = new Verifier(key);
    }

    VerifyingKey key() {
        return key;
    }

    /// Any bytes give a verdict.
    Verdict verify(HostStream proof) {
        try {
            return verifier.verify(proof);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
    }

    /// The tokenizer, loaded when it is first wanted.
    ///
    /// @throws IllegalArgumentException if the key has none
    synchronized Tokenizer tokenizer() {
        if (tokenizer == null) {
            tokenizer = key.tokenizer().tokenizer();
        }
        return tokenizer.orElseThrow(() -> new IllegalArgumentException("this key has no tokenizer; use token ids"));
    }
}
