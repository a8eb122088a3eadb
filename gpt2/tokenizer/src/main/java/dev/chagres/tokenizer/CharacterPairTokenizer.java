package dev.chagres.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/// Encodes and decodes by [CharacterPairs]. Gives the ids of SentencePiece (BPE) and of Hugging Face's `tokenizers`,
/// start and end tokens apart, with these exceptions: a character without a token or bytes is refused where those give
/// the unknown token; tokens that users defined are merged like others in [#encode], where those find them first;
/// pieces that the model never learnt (`UNUSED`) take no part in merging.
///
/// U+2581 in a text is a space. Decoding leaves out the space that was put in front of the text.
final class CharacterPairTokenizer implements Tokenizer {
    private static final int NONE = -1;

    private final CharacterPairs pairs;
    private final Map<Integer, Integer> characters;
    private final int longest;
    /// The token of each byte, or -1.
    private final int[] byteTokens = new int[256];
    private final AddedTokenFinder finder;

    CharacterPairTokenizer(CharacterPairs pairs) {
        this.pairs = pairs;
        Map<String, Integer> ordinary = pairs.ordinary();
        characters = new HashMap<>();
        ordinary.forEach((token, id) -> {
            int first = token.codePointAt(0);
            if (token.length() == Character.charCount(first)) {
                characters.put(first, id);
            }
        });
        longest = ordinary.keySet().stream().mapToInt(String::length).max().orElse(0);
        Arrays.fill(byteTokens, NONE);
        for (int id = 0; id < pairs.size(); id++) {
            if (pairs.token(id) != null && pairs.byteOf(id) != NONE) {
                byteTokens[pairs.byteOf(id)] = id;
            }
        }
        finder = new AddedTokenFinder(pairs.addedTokens(), AddedToken::content);
    }

    @Override
    public int[] encode(String text) {
        Texts.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        encode(text, 0, ids);
        return ids.toArray();
    }

    @Override
    public int[] encodeWithAddedTokens(String text, BitSet plain) {
        Texts.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        finder.split(text, plain, new AddedTokenFinder.Parts() {
            @Override
            public void text(int start, int end) {
                encode(text.substring(start, end), text.codePointCount(0, start), ids);
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
        return ids.toArray();
    }

    /// @param position of the part's first character in the text
    private void encode(String part, int position, IdBuffer ids) {
        if (part.isEmpty()) {
            return;
        }
        String symbols = part.replace(' ', CharacterPairs.SPACE);
        boolean begins = symbols.charAt(0) == CharacterPairs.SPACE;
        boolean prefix = switch (pairs.options().prefix()) {
            case NONE -> false;
            case EACH -> true;
            case EACH_WITHOUT -> !begins;
            case FIRST_WITHOUT -> !begins && position == 0;
        };
        int[] points = (prefix ? CharacterPairs.SPACE + symbols : symbols).codePoints().toArray();
        int[] piece = new int[points.length];
        for (int i = 0; i < piece.length; i++) {
            piece[i] = characters.getOrDefault(points[i], ~i);
        }
        IdBuffer merged = new IdBuffer();
        Merger.Rule rule = pairs.merges().<Merger.Rule>map(merges -> merges).orElseGet(() -> new ByScore(points));
        new Merger(rule).merge(piece, merged);
        for (int symbol : merged.toArray()) {
            if (symbol >= 0) {
                ids.add(symbol);
            } else {
                addBytes(points[~symbol], position + ~symbol - (prefix ? 1 : 0), ids);
            }
        }
    }

    private void addBytes(int codePoint, int position, IdBuffer ids) {
        for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
            int id = byteTokens[b & 0xFF];
            if (id == NONE) {
                throw new TokenizerException("character " + Texts.name(codePoint) + " at position " + position
                        + " has no token, and the vocabulary lacks the byte %02X".formatted(b & 0xFF));
            }
            ids.add(id);
        }
    }

    /// Neighbours merge if their joined text is a token; a merge is that token's id. Symbols need not be tokens.
    private final class ByScore implements Merger.Rule {
        private final int[] points;

        ByScore(int[] points) {
            this.points = points;
        }

        @Override
        public int of(int left, int right, int from, int to) {
            return to - from > longest ? NONE
                    : pairs.ordinary().getOrDefault(new String(points, from, to - from), NONE);
        }

        @Override
        public int result(int merge) {
            return merge;
        }

        @Override
        public int place(int merge) {
            return pairs.places()[merge];
        }
    }

    @Override
    public boolean isToken(int id) {
        return id >= 0 && id < pairs.size() && pairs.token(id) != null;
    }

    @Override
    public byte[] bytes(int id) {
        if (!isToken(id)) {
            throw new TokenizerException("id " + id + " is no token, ids go up to " + (pairs.size() - 1));
        }
        int b = pairs.byteOf(id);
        return b == NONE ? pairs.token(id).replace(CharacterPairs.SPACE, ' ').getBytes(StandardCharsets.UTF_8)
                : new byte[] {(byte) b};
    }

    @Override
    public TextStream stream() {
        return new TextStream(this, pairs.options().prefix() != CharacterPairOptions.Prefix.NONE);
    }

    @Override
    public int size() {
        return pairs.size();
    }
}
