package dev.chagres.tokenizer;

import static dev.chagres.tokenizer.Checks.require;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A byte-level byte-pair encoding as a value: the bytes of each token, the merges by rank, the added tokens and the
/// options.
///
/// Holds: every merge joins two tokens into a third that has their bytes; no pair is merged twice; tokens are not empty
/// and, added ones apart, all different; no merge touches a special token. Two values are equal if all of this is.
///
/// Limits: 2^20 ids, 2^20 merges, 1,024 bytes a token, 2^24 bytes in all.
public final class BytePairs {
    static final int MAX_IDS = 1 << 20;
    static final int MAX_MERGES = 1 << 20;
    static final int MAX_TOKEN_BYTES = 1 << 10;
    static final int MAX_BYTES = 1 << 24;

    /// Bytes by id; null where no token is.
    private final byte[][] tokens;
    private final Merges merges;
    private final List<AddedToken> added;
    private final BytePairOptions options;
    private final byte[] encoded;

    /// @param tokens bytes by id, null where no token is; the last one is a token. Kept, not copied
    /// @param added  in any order; contents as `tokens` has them
    /// @throws IllegalArgumentException if something above does not hold, naming the token
    BytePairs(byte[][] tokens, Merges merges, List<AddedToken> added, BytePairOptions options) {
        this.tokens = tokens;
        this.merges = merges;
        this.added = added.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        this.options = options;
        checkTokens();
        checkAdded();
        ordinary();
        checkMerges();
        encoded = BytePairsCodec.encode(this);
    }

    /// The encoding that vocabulary files or a GGUF file describe.
    ///
    /// @param vocabulary token to id, in GPT-2's byte alphabet; added tokens may be in it, as their content
    /// @param merges     by rank, two tokens with a space between them each
    /// @param added      contents all different; ids in or beyond the vocabulary
    /// @throws IllegalArgumentException if the parts do not fit together, naming the token
    public static BytePairs ofAlphabet(
            Map<String, Integer> vocabulary, List<String> merges, List<AddedToken> added, BytePairOptions options) {
        Map<Integer, AddedToken> addedById = new HashMap<>();
        int size = 0;
        for (AddedToken token : added) {
            require(addedById.put(token.id(), token) == null, () -> "two added tokens have id " + token.id());
            Integer id = vocabulary.get(token.content());
            require(id == null || id == token.id(), () -> "the added token " + Texts.quote(token.content()) + " has id "
                    + token.id() + ", but " + id + " in the vocabulary");
            size = Math.max(size, checkedId(token.id()) + 1);
        }
        for (int id : vocabulary.values()) {
            size = Math.max(size, checkedId(id) + 1);
        }
        byte[][] tokens = new byte[size][];
        vocabulary.forEach((letters, id) -> {
            require(tokens[id] == null, () -> "two tokens have id " + id);
            AddedToken token = addedById.get(id);
            require(token == null || token.content().equals(letters),
                    () -> "id " + id + " is an added token and also " + Texts.quote(letters));
            tokens[id] = (token == null ? ByteAlphabet.bytes(letters) : Optional.of(utf8(letters)))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the token " + Texts.quote(letters) + " is not in GPT-2's byte alphabet"));
        });
        added.forEach(token -> tokens[token.id()] = utf8(token.content()));
        return new BytePairs(tokens, Merges.ofNames(vocabulary, merges), added, options);
    }

    private static int checkedId(int id) {
        require(id >= 0 && id < MAX_IDS, () -> "token id " + id + " is not between 0 and " + (MAX_IDS - 1));
        return id;
    }

    /// One more than the largest id.
    public int size() {
        return tokens.length;
    }

    /// Number of merges.
    public int mergeCount() {
        return merges.count();
    }

    /// Tokens that texts are searched for as a whole, by rising id.
    public List<AddedToken> addedTokens() {
        return added;
    }

    public BytePairOptions options() {
        return options;
    }

    /// The token's own array, or null where no token is.
    byte[] token(int id) {
        return tokens[id];
    }

    Merges merges() {
        return merges;
    }

    /// The canonical encoding; not a copy.
    byte[] encoded() {
        return encoded;
    }

    /// Id by bytes (as Latin-1 text, whose comparison keeps crafted collisions harmless) of what ordinary text may
    /// become: no special token, and an added one only if no other has its bytes.
    ///
    /// @throws IllegalArgumentException if two tokens that are not added are the same
    Map<String, Integer> ordinary() {
        Map<String, Integer> ordinary = HashMap.newHashMap(tokens.length);
        BitSet isAdded = new BitSet();
        added.forEach(token -> isAdded.set(token.id()));
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null && !isAdded.get(id)) {
                Integer other = ordinary.put(latin1(tokens[id]), id);
                if (other != null) {
                    throw new IllegalArgumentException(
                            "ids " + other + " and " + id + " are the same token " + shown(id));
                }
            }
        }
        added.stream().filter(token -> !token.special())
                .forEach(token -> ordinary.putIfAbsent(latin1(tokens[token.id()]), token.id()));
        return ordinary;
    }

    private void checkTokens() {
        require(tokens.length > 0 && tokens.length <= MAX_IDS,
                () -> tokens.length + " token ids, need at least 1 and at most " + MAX_IDS);
        require(tokens[tokens.length - 1] != null, () -> "the largest id is not a token");
        long total = 0;
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) {
                int bytes = tokens[id].length;
                total += bytes;
                if (bytes < 1 || bytes > MAX_TOKEN_BYTES) {
                    throw new IllegalArgumentException(
                            "token " + id + " has " + bytes + " bytes, need at least 1 and at most " + MAX_TOKEN_BYTES);
                }
            }
        }
        require(total <= MAX_BYTES, () -> "the tokens have more than " + MAX_BYTES + " bytes");
    }

    private void checkAdded() {
        Set<String> contents = new HashSet<>();
        int previous = -1;
        for (AddedToken token : added) {
            require(token.id() > previous && token.id() < tokens.length,
                    () -> "added tokens must have different ids of tokens");
            previous = token.id();
            require(contents.add(token.content()), () -> "two added tokens are " + Texts.quote(token.content()));
            require(Arrays.equals(utf8(token.content()), tokens[token.id()]),
                    () -> "the added token " + token.id() + " is not " + Texts.quote(token.content()));
            require(options.nfc() || !token.normalized(),
                    () -> "a token is sought after normalisation, but nothing normalises");
        }
    }

    private void checkMerges() {
        BitSet special = new BitSet();
        added.stream().filter(AddedToken::special).forEach(token -> special.set(token.id()));
        for (int m = 0; m < merges.count(); m++) {
            int left = part(merges.left(m), special);
            int right = part(merges.right(m), special);
            int result = part(merges.result(m), special);
            if (!isJoined(tokens[left], tokens[right], tokens[result])) {
                throw new IllegalArgumentException(
                        "merge " + m + " makes " + shown(result) + " of " + shown(left) + " and " + shown(right));
            }
        }
    }

    private int part(int id, BitSet special) {
        require(id >= 0 && id < tokens.length && tokens[id] != null,
                () -> "a merge names id " + id + ", which is no token");
        require(!special.get(id), () -> "a merge of ordinary text uses the special token " + shown(id));
        return id;
    }

    private static boolean isJoined(byte[] left, byte[] right, byte[] joined) {
        return joined.length == left.length + right.length
                && Arrays.equals(left, 0, left.length, joined, 0, left.length)
                && Arrays.equals(right, 0, right.length, joined, left.length, joined.length);
    }

    private String shown(int id) {
        return Texts.quote(ByteAlphabet.letters(tokens[id]));
    }

    static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BytePairs pairs && Arrays.equals(encoded, pairs.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "BytePairs[size=%d, merges=%d, added=%d, %s]".formatted(size(), mergeCount(), added.size(), options);
    }
}
