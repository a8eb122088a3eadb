package dev.chagres.chat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// A text that knows of each character whether the template wrote it or it came with the conversation.
///
/// @param text  the text
/// @param marks one char for each char of the text: [#OWN] or [#FOREIGN]
record MarkedText(String text, String marks) {
    static final MarkedText EMPTY = new MarkedText("", "");
    /// The template's.
    private static final char OWN = 'o';
    /// The conversation's.
    private static final char FOREIGN = 'f';
    /// Many times the longest context of any model.
    static final int MAX_LENGTH = 1 << 23;

    MarkedText {
        if (text.length() > MAX_LENGTH) {
            throw new ChatException("the text of the conversation has more than " + MAX_LENGTH + " characters");
        }
    }

    static MarkedText own(String text) {
        return new MarkedText(text, String.valueOf(OWN).repeat(text.length()));
    }

    static MarkedText foreign(String text) {
        return new MarkedText(text, String.valueOf(FOREIGN).repeat(text.length()));
    }

    /// The chars that came with the conversation.
    BitSet foreign() {
        BitSet foreign = new BitSet();
        for (int i = 0; i < marks.length(); i++) {
            foreign.set(i, marks.charAt(i) == FOREIGN);
        }
        return foreign;
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    MarkedText plus(MarkedText other) {
        return new MarkedText(text + other.text, marks + other.marks);
    }

    MarkedText part(int from, int to) {
        return new MarkedText(text.substring(from, to), marks.substring(from, to));
    }

    /// Without characters of a set at the ends.
    ///
    /// @param set characters, or null for blanks as Python has them
    MarkedText strip(String set, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && isIn(set, text.charAt(from))) {
            from++;
        }
        while (right && to > from && isIn(set, text.charAt(to - 1))) {
            to--;
        }
        return part(from, to);
    }

    private static boolean isIn(String set, char c) {
        return set == null ? isBlank(c) : set.indexOf(c) >= 0;
    }

    /// Python's `str.isspace` of one char.
    static boolean isBlank(char c) {
        return c >= '\t' && c <= '\r' || c >= 0x1C && c <= 0x1F || c == 0x85 || Character.isSpaceChar(c);
    }

    MarkedText replace(MarkedText old, MarkedText replacement) {
        if (old.isEmpty()) {
            throw new ChatException("the template replaces an empty text, which is not supported");
        }
        List<MarkedText> parts = split(old.text);
        StringBuilder newText = new StringBuilder();
        StringBuilder newMarks = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                newText.append(replacement.text);
                newMarks.append(replacement.marks);
            }
            newText.append(parts.get(i).text);
            newMarks.append(parts.get(i).marks);
        }
        return new MarkedText(newText.toString(), newMarks.toString());
    }

    /// Parts between the separators, at least one.
    List<MarkedText> split(String separator) {
        if (separator.isEmpty()) {
            throw new ChatException("the template splits at an empty text, which is not supported");
        }
        List<MarkedText> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            parts.add(part(from, at));
            from = at + separator.length();
        }
        parts.add(part(from, text.length()));
        return parts;
    }

    /// Each character by itself, where one remains one.
    MarkedText map(IntUnaryOperator change) {
        StringBuilder newText = new StringBuilder();
        StringBuilder newMarks = new StringBuilder();
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            newText.appendCodePoint(change.applyAsInt(c));
            newMarks.repeat(marks.charAt(i), newText.length() - newMarks.length());
            i += Character.charCount(c);
        }
        return new MarkedText(newText.toString(), newMarks.toString());
    }

    @Override
    public String toString() {
        return text;
    }
}
