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
        checkLength(text.length());
    }

    /// @throws ChatException if a text would be too long
    static void checkLength(long length) {
        if (length > MAX_LENGTH) {
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
        checkLength((long) text.length() + other.text.length());
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

    MarkedText replace(MarkedText old, MarkedText replacement, TemplateWork work) {
        if (old.isEmpty()) {
            throw new ChatException("the chat template replaces an empty text, which is not supported");
        }
        return join(split(old.text, work), replacement, work);
    }

    /// The texts with the separator between them.
    static MarkedText join(List<MarkedText> parts, MarkedText separator, TemplateWork work) {
        StringBuilder text = new StringBuilder();
        StringBuilder marks = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            MarkedText part = parts.get(i);
            int between = i > 0 ? separator.text.length() : 0;
            work.characters((long) between + part.text.length());
            checkLength((long) text.length() + between + part.text.length());
            if (i > 0) {
                text.append(separator.text);
                marks.append(separator.marks);
            }
            text.append(part.text);
            marks.append(part.marks);
        }
        return new MarkedText(text.toString(), marks.toString());
    }

    /// Parts between the separators, at least one.
    List<MarkedText> split(String separator, TemplateWork work) {
        if (separator.isEmpty()) {
            throw new ChatException("the chat template splits at an empty text, which is not supported");
        }
        work.search(text, separator);
        List<MarkedText> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            work.texts(1);
            work.characters((long) at - from);
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
