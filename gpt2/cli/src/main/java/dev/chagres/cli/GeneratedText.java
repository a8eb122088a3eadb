package dev.chagres.cli;

import dev.chagres.tokenizer.TextStream;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.PrintWriter;

/// Shows text on a terminal while it is generated; elsewhere, or for a model without a tokenizer, nothing.
final class GeneratedText {
    private final ConsoleProgress progress;
    private final PrintWriter to;
    /// Null where nothing appears.
    private final TextStream pieces;

    GeneratedText(TokenizerInfo tokenizer, ConsoleProgress progress, PrintWriter to) {
        this.progress = progress;
        this.to = to;
        pieces = progress.showsText() ? tokenizer.tokenizer().map(Tokenizer::stream).orElse(null) : null;
    }

    /// Whether anything appears.
    boolean shown() {
        return pieces != null;
    }

    void next(int id) {
        if (shown()) {
            progress.text(pieces.next(id), to);
        }
    }

    /// Shows what was waiting for its last byte.
    void end() {
        if (shown()) {
            progress.text(pieces.end(), to);
        }
    }
}
