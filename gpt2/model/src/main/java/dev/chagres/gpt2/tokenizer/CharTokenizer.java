package dev.chagres.gpt2.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One token per character (Unicode code point), from a table.
public final class CharTokenizer implements Tokenizer {
    private final int[] codePoints;
    private final Map<Integer, Integer> ids = new HashMap<>();

    /// @param characters the character of each id: strings of one code point, all different
    /// @throws IllegalArgumentException if an entry is not one code point or occurs twice
    public CharTokenizer(List<String> characters) {
        codePoints = new int[characters.size()];
        for (int id = 0; id < codePoints.length; id++) {
            String character = characters.get(id);
            if (character.isEmpty() || character.codePointCount(0, character.length()) != 1) {
                throw new IllegalArgumentException("entry " + id + " has " + character.length() + " chars, need one character");
            }
            codePoints[id] = character.codePointAt(0);
            Integer previous = ids.put(codePoints[id], id);
            if (previous != null) {
                throw new IllegalArgumentException("entries " + previous + " and " + id + " are both " + name(codePoints[id]));
            }
        }
    }

    @Override
    public int[] encode(String text) {
        int[] points = text.codePoints().toArray();
        int[] encoded = new int[points.length];
        for (int t = 0; t < points.length; t++) {
            Integer id = ids.get(points[t]);
            if (id == null) {
                throw new TokenizerException("character " + name(points[t]) + " at position " + t
                        + " is not among the " + codePoints.length + " characters the model knows");
            }
            encoded[t] = id;
        }
        return encoded;
    }

    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder(ids.length);
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= codePoints.length) {
                throw new TokenizerException("token " + t + " is " + ids[t] + ", the vocabulary has " + codePoints.length);
            }
            text.appendCodePoint(codePoints[ids[t]]);
        }
        return text.toString();
    }

    @Override
    public int vocabulary() {
        return codePoints.length;
    }

    private static String name(int codePoint) {
        String code = "U+%04X".formatted(codePoint);
        return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE
                ? code
                : "'" + Character.toString(codePoint) + "' (" + code + ")";
    }
}
