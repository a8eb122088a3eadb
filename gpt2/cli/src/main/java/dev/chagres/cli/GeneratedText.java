package dev.chagres.cli;

import dev.chagres.proof.TokenizerInfo;
import java.io.PrintWriter;

/// Shows text on a terminal while it is generated; elsewhere, or for a model without a tokenizer, nothing.
final class GeneratedText {
    private final ConsoleProgress progress;
    private final PrintWriter to;
    private final TextPieces pieces;

    GeneratedText(TokenizerInfo tokenizer, ConsoleProgress progress, PrintWriter to) {
        this.progress = progress;
        this.to = to;
        boolean shown = progress.showsText() && Texts.tokenizer(tokenizer).isPresent();
        pieces = shown ? new TextPieces(ids -> Texts.decode(tokenizer, ids)) : null;
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
