package dev.chagres.cli;

import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Text to token ids and back, for the tokenizer that a model names.
final class Texts {
    private Texts() {}

    /// @throws CommandException if the model has no tokenizer
    static int[] encode(TokenizerInfo info, String text) {
        return needed(info).encode(text);
    }

    /// @throws CommandException if the model has no tokenizer
    static Tokenizer needed(TokenizerInfo info) {
        return info.tokenizer().orElseThrow(() -> new CommandException(
                "this model has no known tokenizer; give token ids with --ids FILE"));
    }

    /// Ids of the text in a file.
    ///
    /// @throws CommandException naming the file if the tokenizer refuses its text
    static int[] encodeFile(Tokenizer tokenizer, Path file) throws IOException {
        String text = TextFile.read(file);
        try {
            return tokenizer.encode(text);
        } catch (TokenizerException e) {
            throw new CommandException(file + ": " + e.getMessage(), e);
        }
    }

    /// The text of ids, in which ids that stand for no token are numbers in angle brackets: a vocabulary may be larger than its
    /// tokenizer. Without a tokenizer, the ids.
    static String decode(TokenizerInfo info, int[] ids) {
        return info.tokenizer().map(t -> t.decode(ids)).orElseGet(() -> Arrays.toString(ids));
    }

    /// A text that others wrote, for a terminal: later lines begin with `indent` spaces, so that none looks like a line of ours,
    /// and control and format characters, which could rewrite the lines above, are shown by their number.
    static String indented(String text, int indent) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c == '\n') {
                shown.append('\n').repeat(' ', indent);
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR || Character.getType(c) == Character.PARAGRAPH_SEPARATOR) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /// Reads whitespace- or comma-separated token ids.
    static int[] readIds(Path file) throws IOException {
        String[] words = Arrays.stream(TextFile.read(file).split("[\\s,]+")).filter(w -> !w.isEmpty())
                .toArray(String[]::new);
        int[] ids = new int[words.length];
        for (int i = 0; i < words.length; i++) {
            try {
                ids[i] = Integer.parseInt(words[i]);
            } catch (NumberFormatException e) {
                throw new CommandException(file + ": '" + words[i] + "' is not a token id", e);
            }
        }
        return ids;
    }

    /// Up to `count` windows of `length` ids, spread evenly over the text.
    static List<int[]> windows(int[] ids, int length, int count) {
        int whole = Math.max(1, Math.min(count, ids.length / length));
        int step = Math.max(1, ids.length / whole);
        return java.util.stream.IntStream.range(0, whole)
                .mapToObj(i -> Arrays.copyOfRange(ids, i * step, Math.min(ids.length, i * step + length)))
                .filter(w -> w.length > 1).toList();
    }

    /// A window of random ids.
    static int[] random(int vocabulary, int length, long seed) {
        return new SplittableRandom(seed).ints(length, 0, vocabulary).toArray();
    }
}
