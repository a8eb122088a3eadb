package dev.chagres.tokenizer;

/// What messages say about texts.
final class Texts {
    private Texts() {}

    /// UTF-8 has no bytes for half a surrogate pair; Java would silently encode a question mark.
    ///
    /// @throws TokenizerException naming the first unpaired surrogate and its position in characters
    static void checkSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new TokenizerException("unpaired surrogate U+%04X at position %d of the text"
                        .formatted((int) c, text.codePointCount(0, i)));
            }
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
