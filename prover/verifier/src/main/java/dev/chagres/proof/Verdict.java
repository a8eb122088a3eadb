package dev.chagres.proof;

import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.util.Locale;

/// What the verifier concludes about a proof: a value, whose text is what a person reads.
public sealed interface Verdict {
    /// The proof is valid: the model of the key, run greedily on the prompt, generates the rest of the sequence.
    ///
    /// @param sequence     prompt and output, as token ids
    /// @param binding      public bytes that the proof was made for
    /// @param ending       whether the model would have gone on
    /// @param securityBits of the weakest step of the proof, at least [ProofSecurity#MINIMUM_BITS] (docs/soundness.md)
    record Accepted(TokenSequence sequence, Binding binding, Ending ending, double securityBits)
            implements Verdict {
        @Override
        public String toString() {
            int tokens = sequence.generatedLength();
            String end = switch (ending) {
                case END_OF_TEXT -> "end of text after " + tokens + " tokens";
                case CONTEXT_FULL -> "the context is full after " + tokens + " tokens";
                case CUT -> "cut after " + tokens + " tokens, the model goes on";
            };
            return String.format(Locale.ROOT, """
                    ACCEPTED  the model of this key, run greedily on this prompt, gives this output
                    ids       %s
                    ending    %s%s
                    security  %.0f bits each step""", sequence, end, binding.isNone() ? "" : "\nbound to  " + binding, Math.floor(securityBits));
        }
    }

    /// The proof is not valid.
    ///
    /// @param check  identifier of the first failed check (docs/protocol.md)
    /// @param reason one line
    record Rejected(String check, String reason) implements Verdict {
        @Override
        public String toString() {
            return "REJECTED  " + check + ": " + reason;
        }
    }

    default boolean accepted() {
        return this instanceof Accepted;
    }
}
