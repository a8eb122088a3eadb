package dev.chagres.tokenizer;

import java.util.function.Supplier;

/// What values require of their parts.
final class Checks {
    private Checks() {}

    /// @throws IllegalArgumentException with the message if it does not hold
    static void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise.get());
        }
    }
}
