package dev.chagres.tokenizer;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a text is cut into pieces before byte pairs are merged inside each. Every character lands in one piece.
///
/// `\s` is Unicode's White_Space (so not U+001C..1F), letters and numbers are the general categories of the running
/// JDK's Unicode version. The order of the constants is part of the file format.
public enum PreTokenizer {
    /// GPT-2's expression: contractions, letters, numbers, other signs, each with at most one space in front, blanks.
    GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", "gpt-2"),

    /// Each character of category N alone, GPT-2's expression on what lies between (SmolLM2, StarCoder).
    DIGITS_THEN_GPT2(GPT2.expression, "smollm"),

    /// Llama 3's expression, also that of OpenAI's cl100k_base: numbers in groups of up to three.
    LLAMA3("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
            + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", "llama-bpe"),

    /// Qwen 2's expression: Llama 3's with each number character alone.
    QWEN2("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
            + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", "qwen2");

    private final String expression;
    private final String ggufName;
    private final Pattern pattern;

    PreTokenizer(String expression, String ggufName) {
        this.expression = expression;
        this.ggufName = ggufName;
        this.pattern = Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
    }

    /// The one with this expression, as `tokenizer.json` spells it.
    static Optional<PreTokenizer> ofExpression(String expression) {
        return Arrays.stream(values()).filter(p -> p != DIGITS_THEN_GPT2 && p.expression.equals(expression))
                .findFirst();
    }

    /// The one that GGUF files name in `tokenizer.ggml.pre`; empty if it is not one of these.
    public static Optional<PreTokenizer> ofGgufName(String name) {
        return Arrays.stream(values()).filter(p -> p.ggufName.equals(name)).findFirst();
    }

    /// Takes the piece from `start` to `end`, in chars of the text.
    @FunctionalInterface
    interface Pieces {
        void piece(int start, int end);
    }

    /// Cuts `text[from, to)`, which has no unpaired surrogate.
    void split(String text, int from, int to, Pieces pieces) {
        Matcher matcher = pattern.matcher(text);
        if (this == DIGITS_THEN_GPT2) {
            splitAtNumbers(matcher, text, from, to, pieces);
        } else {
            splitRegion(matcher, from, to, pieces);
        }
    }

    private static void splitAtNumbers(Matcher matcher, String text, int from, int to, Pieces pieces) {
        int start = from;
        for (int i = from; i < to;) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isNumber(c)) {
                splitRegion(matcher, start, i, pieces);
                pieces.piece(i, next);
                start = next;
            }
            i = next;
        }
        splitRegion(matcher, start, to, pieces);
    }

    /// The region's end is the end of the text for the look-ahead too: bounds are opaque by default.
    private static void splitRegion(Matcher matcher, int from, int to, Pieces pieces) {
        matcher.region(from, to);
        while (matcher.find()) {
            pieces.piece(matcher.start(), matcher.end());
        }
    }

    private static boolean isNumber(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }
}
