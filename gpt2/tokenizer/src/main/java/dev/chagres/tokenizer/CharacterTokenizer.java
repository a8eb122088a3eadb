package dev.chagres.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One token per character (Unicode code point), from a table without control tokens.
final class CharacterTokenizer implements Tokenizer {
    private final int[] codePoints;
    private final Map<Integer, Integer> ids;

    /// @param characters as [TokenizerInfo] checks them: one code point each, all different
    CharacterTokenizer(List<String> characters) {
        codePoints = new int[characters.size()];
        ids = HashMap.newHashMap(codePoints.length);
        for (int id = 0; id < codePoints.length; id++) {
            codePoints[id] = characters.get(id).codePointAt(0);
            ids.put(codePoints[id], id);
        }
    }

    @Override
    public int[] encode(String text) {
        Texts.checkSurrogates(text);
        int[] points = text.codePoints().toArray();
        int[] encoded = new int[points.length];
        for (int t = 0; t < points.length; t++) {
            Integer id = ids.get(points[t]);
            if (id == null) {
                throw new TokenizerException("character " + Texts.name(points[t]) + " at position " + t
                        + " is not among the " + codePoints.length + " characters the model knows");
            }
            encoded[t] = id;
        }
        return encoded;
    }

    @Override
    public int[] encodeWithAddedTokens(String text, BitSet plain) {
        return encode(text);
    }

    @Override
    public boolean isToken(int id) {
        return id >= 0 && id < codePoints.length;
    }

    @Override
    public byte[] bytes(int id) {
        if (!isToken(id)) {
            throw new TokenizerException("id " + id + " is no token, the table has " + codePoints.length);
        }
        return Character.toString(codePoints[id]).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return codePoints.length;
    }
}
