package dev.chagres.tokenizer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;

/// Byte-level byte-pair encoding: normalise, cut into pieces, merge the bytes of each piece. Gives the ids of Hugging
/// Face's `tokenizers` (start and end tokens apart), with one exception: where a vocabulary lacks the token of a single
/// byte, that library drops such bytes from the text without a word, and here the text is refused.
final class BytePairTokenizer implements Tokenizer {
    private static final int NONE = -1;

    private final BytePairs pairs;
    private final Map<String, Integer> ordinary;
    /// The token of each byte, or -1.
    private final int[] byteTokens = new int[256];
    private final boolean hasAllBytes;
    private final AddedTokenFinder inText;
    private final AddedTokenFinder inNormalizedText;

    BytePairTokenizer(BytePairs pairs) {
        this.pairs = pairs;
        ordinary = pairs.ordinary();
        for (int b = 0; b < 256; b++) {
            byteTokens[b] = ordinary.getOrDefault(Character.toString(b), NONE);
        }
        hasAllBytes = Arrays.stream(byteTokens).noneMatch(id -> id == NONE);
        inText = new AddedTokenFinder(
                pairs.addedTokens().stream().filter(t -> !t.normalized()).toList(), AddedToken::content);
        inNormalizedText = new AddedTokenFinder(
                pairs.addedTokens().stream().filter(AddedToken::normalized).toList(), t -> normalize(t.content()));
    }

    @Override
    public int[] encode(String text) {
        Texts.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        encode(normalize(text), 0, new Merger(pairs.merges()), ids);
        return ids.toArray();
    }

    /// Tokens that are sought after normalisation are found in parts that are free of plain chars.
    @Override
    public int[] encodeWithAddedTokens(String text, BitSet plain) {
        Texts.checkSurrogates(text);
        IdBuffer ids = new IdBuffer();
        Merger merger = new Merger(pairs.merges());
        inText.split(text, plain, new AddedTokenFinder.Parts() {
            @Override
            public void text(int start, int end) {
                String part = normalize(text.substring(start, end));
                BitSet partPlain = new BitSet();
                partPlain.set(0, plain.get(start, end).isEmpty() ? 0 : part.length());
                splitNormalized(part, partPlain, text.codePointCount(0, start), merger, ids);
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
        return ids.toArray();
    }

    private void splitNormalized(String text, BitSet plain, int position, Merger merger, IdBuffer ids) {
        inNormalizedText.split(text, plain, new AddedTokenFinder.Parts() {
            @Override
            public void text(int start, int end) {
                if (start < end) {
                    encode(text.substring(start, end), position + text.codePointCount(0, start), merger, ids);
                }
            }

            @Override
            public void token(int id) {
                ids.add(id);
            }
        });
    }

    private String normalize(String text) {
        return pairs.options().nfc() ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
    }

    private void encode(String text, int position, Merger merger, IdBuffer ids) {
        if (!hasAllBytes) {
            checkBytes(text, position);
        }
        boolean prefix = pairs.options().prefixSpace() && !text.isEmpty() && text.charAt(0) != ' ';
        String whole = prefix ? " " + text : text;
        pairs.options().preTokenizer().split(whole, 0, whole.length(),
                (start, end) -> encodePiece(whole.substring(start, end), merger, ids));
    }

    private void encodePiece(String piece, Merger merger, IdBuffer ids) {
        byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
        Integer whole = pairs.options().ignoreMerges() ? ordinary.get(BytePairs.latin1(bytes)) : null;
        if (whole != null) {
            ids.add(whole);
        } else {
            merger.merge(bytes, byteTokens, ids);
        }
    }

    private void checkBytes(String text, int position) {
        int t = position;
        for (int i = 0; i < text.length(); t++) {
            int c = text.codePointAt(i);
            for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                if (byteTokens[b & 0xFF] == NONE) {
                    throw new TokenizerException("character " + Texts.name(c) + " at position " + t
                            + " has no token: the vocabulary lacks the byte %02X".formatted(b & 0xFF));
                }
            }
            i += Character.charCount(c);
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
        return pairs.token(id).clone();
    }

    @Override
    public int size() {
        return pairs.size();
    }
}
