package dev.chagres.tokenizer;

/// What messages say about texts.
final class Texts {
    private Texts() {}

    /// Index of the first half of a surrogate pair that is alone, or -1. UTF-8 has no bytes for it; Java would silently
    /// encode a question mark.
    static int unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            int c = text.codePointAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                return i;
            }
            i += Character.charCount(c) - 1;
        }
        return -1;
    }

    /// @throws TokenizerException naming the first unpaired surrogate and its position in characters
    static void checkSurrogates(String text) {
        int at = unpairedSurrogate(text);
        if (at >= 0) {
            throw new TokenizerException("unpaired surrogate U+%04X at position %d of the text"
                    .formatted((int) text.charAt(at), text.codePointCount(0, at)));
        }
    }

    /// A character for a message: itself and its number, or the number alone where it would not print.
    static String name(int codePoint) {
        String code = "U+%04X".formatted(codePoint);
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> code;
            default -> "'" + Character.toString(codePoint) + "' (" + code + ")";
        };
    }

    /// A string of a file for a message: at most 40 characters of it, those that would not print by number.
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints().limit(40).forEach(c -> {
            String name = name(c);
            quoted.append(name.startsWith("'") ? Character.toString(c) : name);
        });
        return quoted.append(text.codePointCount(0, text.length()) > 40 ? "...'" : "'").toString();
    }
}
