package dev.chagres.prove.file;

/// Text that somebody else wrote, made fit for one line of a terminal: characters that are not drawn, or that change
/// how their neighbours are drawn, are shown by their number, such as `<U+202E>`, and a long text is cut.
///
/// Names and values taken from files go through here before they become part of a message; otherwise a tensor name
/// could move the cursor, reverse the rest of the line or fill the screen.
public final class PrintableText {
    /// Code points of a name that are shown.
    public static final int NAME_LIMIT = 80;

    private PrintableText() {}

    /// A name or value for a message: at most [#NAME_LIMIT] code points, then `...` and the length.
    public static String of(Object text) {
        return cut(text.toString(), NAME_LIMIT);
    }

    /// The first `limit` code points, then `...` and the length; the whole text if it has no more.
    ///
    /// @param limit at least 0
    public static String cut(String text, int limit) {
        int length = text.codePointCount(0, text.length());
        if (length <= limit) {
            return shown(text);
        }
        return shown(text.substring(0, text.offsetByCodePoints(0, limit))) + "... (" + length + " characters)";
    }

    /// A whole message on one line: line breaks and tabs become a space, nothing is cut.
    public static String line(String message) {
        return shown(message.replaceAll("[\\s\\x0B\\x85\\u2028\\u2029&&[^ ]]+", " ").strip());
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isDrawn(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append(String.format("<U+%04X>", c));
            }
        });
        return shown.toString();
    }

    private static boolean isDrawn(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
