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

/// A pair encoding of characters as a value, SentencePiece's kind of byte-pair encoding (Llama 2, Mistral, Gemma; Kudo
/// and Richardson 2018): spaces become U+2581, the symbols of a text are first its characters, and neighbours are
/// merged until no two give a token. Which pair is next, one of two orders says:
///
/// - by rank: the listed merge of least number, the leftmost of equal ones (`tokenizer.json`);
/// - by score: the pair whose joined text is the token of best score, the leftmost of equal ones (GGUF, SentencePiece).
///
/// Holds: tokens that are neither added nor stand for a byte are all different; a merge joins two of them, or added
/// ones that are not special, into a third; no pair is merged twice. Text never becomes a special token or, but for a
/// character without a token, one that stands for a byte. Two values are equal if all of this is.
///
/// Limits: as of [BytePairs].
public final class CharacterPairs {
    /// What a space is in tokens.
    static final char SPACE = '\u2581';

    private static final int NONE = -1;

    /// Left and right ids of merges, by rank.
    record Pairs(int[] left, int[] right) {}

    /// Text by id; null where no token is.
    private final String[] tokens;
    private final Optional<Merges> merges;
    /// Place of a token in the order of scores, 0 for the best; equal scores have one place. Empty with merges.
    private final int[] places;
    private final List<AddedToken> added;
    private final CharacterPairOptions options;
    private final Map<String, Integer> ordinary;
    private final byte[] encoded;

    /// @param tokens texts by id, null where no token is; the last one is a token. Kept, not copied
    /// @param pairs  left and right ids of the merges by rank, or empty where scores order
    /// @param places by id, where scores order: 0, 1, ... without a gap over the tokens that text may become, 0 for all
    ///     others; else of length 0. Kept, not copied
    /// @param added  in any order; contents as `tokens` has them, none normalized
    /// @throws IllegalArgumentException if something above does not hold, naming the token
    CharacterPairs(String[] tokens, Optional<Pairs> pairs, int[] places, List<AddedToken> added,
            CharacterPairOptions options) {
        this.tokens = tokens;
        this.places = places;
        this.added = added.stream().sorted(Comparator.comparingInt(AddedToken::id)).toList();
        this.options = options;
        checkTokens();
        checkAdded();
        ordinary = findOrdinary();
        merges = pairs.map(this::merges);
        checkPlaces();
        encoded = CharacterPairsCodec.encode(this);
    }

    /// The encoding of a `tokenizer.json`.
    ///
    /// @param vocabulary token to id; added tokens may be in it, as their content
    /// @param merges     by rank, two tokens with a space between them each
    /// @param added      contents all different; ids in or beyond the vocabulary
    /// @throws IllegalArgumentException if the parts do not fit together, naming the token
    public static CharacterPairs byRank(Map<String, Integer> vocabulary, List<String> merges, List<AddedToken> added,
            CharacterPairOptions options) {
        String[] tokens = spread(vocabulary, added);
        Merges named = Merges.ofNames(vocabulary, merges);
        Pairs pairs = new Pairs(new int[named.count()], new int[named.count()]);
        for (int m = 0; m < named.count(); m++) {
            pairs.left[m] = named.left(m);
            pairs.right[m] = named.right(m);
        }
        return new CharacterPairs(tokens, Optional.of(pairs), new int[0], added, options);
    }

    /// The encoding of a GGUF file or of SentencePiece.
    ///
    /// @param tokens by id
    /// @param scores by id, none of them NaN; greater is better
    /// @param added  tokens of the list that are no ordinary ones
    /// @throws IllegalArgumentException as [#byRank]
    public static CharacterPairs byScore(
            List<String> tokens, double[] scores, List<AddedToken> added, CharacterPairOptions options) {
        require(scores.length == tokens.size(), () -> scores.length + " scores for " + tokens.size() + " tokens");
        BitSet candidates = new BitSet();
        candidates.set(0, scores.length);
        added.stream().filter(AddedToken::special).forEach(token -> candidates.clear(token.id()));
        for (int id = 0; id < scores.length; id++) {
            double score = scores[id];
            require(!Double.isNaN(score), () -> "a score is not a number");
            if (options.byteFallback() && byteOf(tokens.get(id)) != NONE) {
                candidates.clear(id);
            }
        }
        double[] order = candidates.stream().mapToDouble(id -> scores[id] + 0.0).sorted().distinct().toArray();
        int[] places = new int[scores.length];
        candidates.stream().forEach(
                id -> places[id] = order.length - 1 - Arrays.binarySearch(order, scores[id] + 0.0));
        return new CharacterPairs(tokens.toArray(String[]::new), Optional.empty(), places, added, options);
    }

    private static String[] spread(Map<String, Integer> vocabulary, List<AddedToken> added) {
        int size = 0;
        for (int id : vocabulary.values()) {
            size = Math.max(size, checkedId(id) + 1);
        }
        for (AddedToken token : added) {
            Integer id = vocabulary.get(token.content());
            require(id == null || id == token.id(), () -> "the added token " + Texts.quote(token.content()) + " has id "
                    + token.id() + ", but " + id + " in the vocabulary");
            size = Math.max(size, checkedId(token.id()) + 1);
        }
        String[] tokens = new String[size];
        vocabulary.forEach((text, id) -> {
            require(tokens[id] == null, () -> "two tokens have id " + id);
            tokens[id] = text;
        });
        for (AddedToken token : added) {
            String other = tokens[token.id()];
            require(other == null || other.equals(token.content()),
                    () -> "id " + token.id() + " is an added token and also " + Texts.quote(other));
            tokens[token.id()] = token.content();
        }
        return tokens;
    }

    private static int checkedId(int id) {
        require(id >= 0 && id < BytePairs.MAX_IDS,
                () -> "token id " + id + " is not between 0 and " + (BytePairs.MAX_IDS - 1));
        return id;
    }

    /// One more than the largest id.
    public int size() {
        return tokens.length;
    }

    /// Tokens outside ordinary text, by rising id.
    public List<AddedToken> addedTokens() {
        return added;
    }

    public CharacterPairOptions options() {
        return options;
    }

    /// The text of a token as files have it, or null where no token is.
    String token(int id) {
        return tokens[id];
    }

    Optional<Merges> merges() {
        return merges;
    }

    /// Not a copy.
    int[] places() {
        return places;
    }

    /// Id by text of what ordinary text may become by merging; not a copy.
    Map<String, Integer> ordinary() {
        return ordinary;
    }

    /// The canonical encoding; not a copy.
    byte[] encoded() {
        return encoded;
    }

    /// The byte that a token stands for, or -1.
    int byteOf(int id) {
        return options.byteFallback() ? byteOf(tokens[id]) : NONE;
    }

    /// The byte of a name such as `<0x0A>`, or -1.
    static int byteOf(String name) {
        if (name.length() != 6 || !name.startsWith("<0x") || name.charAt(5) != '>') {
            return NONE;
        }
        int high = "0123456789ABCDEF".indexOf(name.charAt(3));
        int low = "0123456789ABCDEF".indexOf(name.charAt(4));
        return high < 0 || low < 0 ? NONE : 16 * high + low;
    }

    private void checkTokens() {
        require(tokens.length > 0 && tokens.length <= BytePairs.MAX_IDS,
                () -> tokens.length + " token ids, need at least 1 and at most " + BytePairs.MAX_IDS);
        require(tokens[tokens.length - 1] != null, () -> "the largest id is not a token");
        long total = 0;
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] != null) {
                String token = tokens[id];
                int number = id;
                require(Texts.unpairedSurrogate(token) < 0, () -> "token " + number + " has half a surrogate pair");
                int bytes = token.getBytes(StandardCharsets.UTF_8).length;
                total += bytes;
                require(bytes >= 1 && bytes <= BytePairs.MAX_TOKEN_BYTES, () -> "token " + number + " has " + bytes
                        + " bytes, need at least 1 and at most " + BytePairs.MAX_TOKEN_BYTES);
            }
        }
        require(total <= BytePairs.MAX_BYTES, () -> "the tokens have more than " + BytePairs.MAX_BYTES + " bytes");
    }

    private void checkAdded() {
        Set<String> contents = new HashSet<>();
        int previous = NONE;
        for (AddedToken token : added) {
            require(token.id() > previous && token.id() < tokens.length,
                    () -> "added tokens must have different ids of tokens");
            previous = token.id();
            require(contents.add(token.content()), () -> "two added tokens are " + Texts.quote(token.content()));
            require(token.content().equals(tokens[token.id()]),
                    () -> "the added token " + token.id() + " is not " + Texts.quote(token.content()));
            require(!token.normalized(), () -> "an added token is sought after normalisation");
        }
    }

    private Map<String, Integer> findOrdinary() {
        Map<String, Integer> found = HashMap.newHashMap(tokens.length);
        Set<Integer> isAdded = new HashSet<>();
        Set<Integer> bytes = new HashSet<>();
        added.forEach(token -> isAdded.add(token.id()));
        for (int id = 0; id < tokens.length; id++) {
            if (tokens[id] == null || isAdded.contains(id)) {
                continue;
            }
            int b = byteOf(id);
            if (b != NONE) {
                require(bytes.add(b), () -> "two tokens stand for the byte %02X".formatted(b));
                continue;
            }
            Integer other = found.put(tokens[id], id);
            if (other != null) {
                throw new IllegalArgumentException(
                        "ids " + other + " and " + id + " are the same token " + Texts.quote(tokens[id]));
            }
        }
        added.stream().filter(token -> !token.special() && byteOf(token.id()) == NONE)
                .forEach(token -> found.putIfAbsent(token.content(), token.id()));
        return found;
    }

    private Merges merges(Pairs pairs) {
        int[] result = new int[pairs.left.length];
        for (int m = 0; m < result.length; m++) {
            String joined = part(pairs.left[m]) + part(pairs.right[m]);
            Integer id = ordinary.get(joined);
            require(id != null, () -> "a merge makes " + Texts.quote(joined) + ", which text may not become");
            result[m] = id;
        }
        return new Merges(pairs.left, pairs.right, result);
    }

    private String part(int id) {
        require(id >= 0 && id < tokens.length && tokens[id] != null,
                () -> "a merge names id " + id + ", which is no token");
        Integer own = ordinary.get(tokens[id]);
        require(own != null && own == id,
                () -> "a merge uses " + Texts.quote(tokens[id]) + ", which text may not become");
        return tokens[id];
    }

    private void checkPlaces() {
        require(places.length == (merges.isPresent() ? 0 : tokens.length),
                () -> "need merges or a place for each token, and not both");
        if (merges.isPresent()) {
            return;
        }
        BitSet used = new BitSet();
        for (int id = 0; id < tokens.length; id++) {
            Integer own = tokens[id] == null ? null : ordinary.get(tokens[id]);
            int place = places[id];
            if (own != null && own == id) {
                require(place >= 0 && place < tokens.length, () -> "place " + place + " in the order of scores");
                used.set(place);
            } else {
                require(place == 0, () -> "a place in the order of scores for a token that text never becomes");
            }
        }
        require(used.cardinality() == used.length(), () -> "the order of scores has gaps");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CharacterPairs pairs && Arrays.equals(encoded, pairs.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "CharacterPairs[size=%d, by %s, added=%d, %s]".formatted(
                size(), merges.isPresent() ? "rank" : "score", added.size(), options);
    }
}
