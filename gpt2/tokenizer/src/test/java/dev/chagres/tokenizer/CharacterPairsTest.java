package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gguf.GgufHeader;
import dev.chagres.tokenizer.CharacterPairOptions.Prefix;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Pair encodings of characters. No file of a real model of this kind is among the test data: the vocabularies here are
/// made by hand, expected ids are derived by hand from the published rules (SentencePiece's BPE model, `tokenizers`'
/// normalizers and Metaspace), and merging is compared with its definition on random vocabularies.
class CharacterPairsTest {
    /// Ids 0..2 control, 3 the byte 0A, 4.. the rest; merges by rank.
    private static final List<String> TOKENS = List.of("<unk>", "<s>", "</s>", "<0x0A>", "▁", "a", "b", "c", "ab", "▁ab",
            "▁a", "bc", "▁▁");
    private static final List<AddedToken> CONTROL = List.of(new AddedToken(0, "<unk>", true, false),
            new AddedToken(1, "<s>", true, false), new AddedToken(2, "</s>", true, false));
    private static final List<String> MERGES = List.of("b c", "a b", "▁ ab", "▁ a", "▁ ▁");

    private static Tokenizer byRank(Prefix prefix) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        TOKENS.forEach(token -> vocabulary.put(token, vocabulary.size()));
        return new CharacterPairTokenizer(
                CharacterPairs.byRank(vocabulary, MERGES, CONTROL, new CharacterPairOptions(prefix, true)));
    }

    @Test
    void byRank() {
        Tokenizer none = byRank(Prefix.NONE);
        // "bc" comes first, so that "ab" never forms: a, bc.
        assertThat(none.encode("abc")).containsExactly(5, 11);
        assertThat(none.encode("ab ab")).containsExactly(8, 9);
        assertThat(none.encode("  ab")).containsExactly(4, 9);
        assertThat(none.encode("   ")).containsExactly(12, 4);
        assertThat(none.encode("a\nb")).containsExactly(5, 3, 6);
        assertThat(none.encode("")).isEmpty();
        assertThat(none.decode(new int[] {8, 9, 3, 5})).isEqualTo("ab ab\na");
    }

    /// Of "abc", "ab" has the better score; "▁a" and "▁ab" are reached only through their parts.
    @Test
    void byScore() {
        double[] scores = {0, 0, 0, 0, -9, -9, -9, -9, -1, -3, -4, -2, -5};
        Tokenizer tokenizer = new CharacterPairTokenizer(
                CharacterPairs.byScore(TOKENS, scores, CONTROL, new CharacterPairOptions(Prefix.EACH, true)));
        assertThat(tokenizer.encode("abc")).containsExactly(9, 7);
        assertThat(tokenizer.encode("bcab")).containsExactly(4, 11, 8);
        assertThat(tokenizer.encode("aa")).containsExactly(10, 5);
        assertThat(tokenizer.encode(" a")).containsExactly(4, 10);
        assertThat(tokenizer.decode(tokenizer.encode(" a  b\n"))).isEqualTo(" a  b\n");
    }

    /// Characters that are no tokens still merge into one that is, and become bytes if they do not.
    @Test
    void partsThatAreNoTokens() {
        List<String> tokens = List.of("xy", "<0x78>", "<0x79>", "x\u2581");
        Tokenizer tokenizer = new CharacterPairTokenizer(CharacterPairs.byScore(
                tokens, new double[] {-1, 0, 0, -1}, List.of(), new CharacterPairOptions(Prefix.NONE, true)));
        assertThat(tokenizer.encode("xyyx")).containsExactly(0, 2, 1);
        // Equal scores: the leftmost pair.
        assertThat(tokenizer.encode("x xy")).containsExactly(3, 0);
        assertThatThrownBy(() -> tokenizer.encode("xya")).isInstanceOf(TokenizerException.class)
                .hasMessageContaining("character 'a' (U+0061) at position 2 has no token")
                .hasMessageContaining("lacks the byte 61");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "NONE | a ▁a a | ▁a▁a▁a", "EACH | ▁a ▁▁a ▁a | ▁▁a▁a▁a", "EACH_WITHOUT | ▁a ▁a ▁a | ▁a▁a▁a",
        "FIRST_WITHOUT | ▁a ▁a a | ▁a▁a▁a"})
    void prefixes(Prefix prefix, String parts, String spaced) {
        Tokenizer tokenizer = byRank(prefix);
        String[] expected = parts.split(" ");
        assertThat(names(tokenizer.encode("a"))).isEqualTo(expected[0]);
        assertThat(names(tokenizer.encode(" a"))).isEqualTo(expected[1]);
        assertThat(names(tokenizer.encodeWithAddedTokens("a</s>a"))).isEqualTo(expected[0] + "</s>" + expected[2]);
        assertThat(names(tokenizer.encode(" a a a"))).isEqualTo(spaced);
    }

    private static String names(int[] ids) {
        StringBuilder names = new StringBuilder();
        Arrays.stream(ids).forEach(id -> names.append(TOKENS.get(id)));
        return names.toString();
    }

    @Test
    void controlTokensAndBytesAreNeverMadeFromText() {
        List<String> tokens = List.of("<s>", "<", "s", ">", "<s", "0", "x", "A", "<0x0A>", "<0x0A", "x0", "<0", "<0x0");
        List<AddedToken> control = List.of(new AddedToken(0, "<s>", true, false));
        double[] scores = new double[tokens.size()];
        Tokenizer tokenizer = new CharacterPairTokenizer(
                CharacterPairs.byScore(tokens, scores, control, new CharacterPairOptions(Prefix.NONE, true)));
        assertThat(tokenizer.encode("<s>")).containsExactly(4, 3);
        assertThat(tokenizer.encode("<0x0A>")).containsExactly(9, 3);
        assertThat(tokenizer.encode("\n")).containsExactly(8);
        assertThat(tokenizer.encodeWithAddedTokens("s<s>s")).containsExactly(2, 0, 2);
    }

    @ParameterizedTest
    @EnumSource(Prefix.class)
    void decodingGivesTheTextAgain(Prefix prefix) {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(List.of("▁", "a", "▁a", "é", "word", "龘", "▁▁", "wo", "rd", "w", "o", "r", "d"));
        double[] scores = new double[tokens.size()];
        Tokenizer tokenizer = new CharacterPairTokenizer(CharacterPairs.byScore(
                tokens, scores, List.of(), new CharacterPairOptions(prefix, true)));
        for (long seed = 0; seed < 3_000; seed++) {
            String text = RandomTexts.next(new SplittableRandom(seed), 12).replace('▁', ' ');
            int[] ids = tokenizer.encode(text);
            boolean dropped = text.startsWith(" ") && (prefix == Prefix.EACH_WITHOUT || prefix == Prefix.FIRST_WITHOUT);
            assertThat(tokenizer.decode(ids)).isEqualTo(dropped ? text.substring(1) : text);
            TextStream stream = tokenizer.stream();
            StringBuilder streamed = new StringBuilder();
            Arrays.stream(ids).forEach(id -> streamed.append(stream.next(id)));
            assertThat(streamed.append(stream.end())).hasToString(tokenizer.decode(ids));
            if (prefix == Prefix.NONE || prefix == Prefix.EACH) {
                assertThat(tokenizer.isCanonical(ids)).isTrue();
            }
        }
    }

    @Test
    void mergingIsItsDefinition() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            CharacterPairs pairs = randomPairs(random);
            StringBuilder word = new StringBuilder();
            for (int n = random.nextInt(1, 40); n > 0; n--) {
                word.append("ab c".charAt(random.nextInt(4)));
            }
            Tokenizer tokenizer = new CharacterPairTokenizer(pairs);
            assertThat(tokenizer.encode(word.toString())).as("seed %d", seed)
                    .isEqualTo(byDefinition(word.toString().replace(' ', '▁'), pairs));
            TokenizerInfo info = TokenizerInfo.ofCharacterPairs(pairs);
            assertThat(TokenizerInfo.decode(info.encode())).isEqualTo(info);
        }
    }

    private static CharacterPairs randomPairs(SplittableRandom random) {
        List<String> tokens = new ArrayList<>(List.of("a", "b", "c", "▁"));
        List<String> merges = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            String left = tokens.get(random.nextInt(tokens.size()));
            String right = tokens.get(random.nextInt(tokens.size()));
            if (!merges.contains(left + " " + right)) {
                merges.add(left + " " + right);
                if (!tokens.contains(left + right)) {
                    tokens.add(left + right);
                }
            }
        }
        CharacterPairOptions options = new CharacterPairOptions(Prefix.NONE, random.nextBoolean());
        if (random.nextBoolean()) {
            double[] scores = random.doubles(tokens.size()).map(score -> Math.floor(10 * score)).toArray();
            return CharacterPairs.byScore(tokens, scores, List.of(), options);
        }
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
        return CharacterPairs.byRank(vocabulary, merges, List.of(), options);
    }

    private static int[] byDefinition(String word, CharacterPairs pairs) {
        List<String> parts = new ArrayList<>();
        word.chars().forEach(c -> parts.add(Character.toString(c)));
        while (true) {
            int best = -1;
            int least = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < parts.size(); i++) {
                int place = place(parts.get(i), parts.get(i + 1), pairs);
                if (place < least) {
                    least = place;
                    best = i;
                }
            }
            if (best < 0) {
                return parts.stream().mapToInt(part -> pairs.ordinary().get(part)).toArray();
            }
            parts.set(best, parts.get(best) + parts.remove(best + 1));
        }
    }

    private static int place(String left, String right, CharacterPairs pairs) {
        Integer joined = pairs.ordinary().get(left + right);
        if (pairs.merges().isEmpty()) {
            return joined == null ? Integer.MAX_VALUE : pairs.places()[joined];
        }
        int merge = pairs.merges().get().of(pairs.ordinary().get(left), pairs.ordinary().get(right));
        return merge < 0 ? Integer.MAX_VALUE : merge;
    }

    @Test
    void aMillionCharacters() {
        Tokenizer tokenizer = byRank(Prefix.EACH);
        for (String text : List.of("a".repeat(1_000_000), "ab c".repeat(250_000), " ".repeat(1_000_000))) {
            Assertions.assertTimeout(Duration.ofSeconds(60),
                    () -> assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text));
        }
    }

    @Test
    void jsonFiles() {
        String replace = "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}";
        String prepend = "{\"type\": \"Prepend\", \"prepend\": \"▁\"}";
        String split = "{\"type\": \"Split\", \"pattern\": {\"String\": \" \"}, \"behavior\": \"MergedWithPrevious\"}";
        assertThat(prefix(sequence(prepend + ", " + replace), "null")).isEqualTo(Prefix.EACH);
        assertThat(prefix(replace, "null")).isEqualTo(Prefix.NONE);
        assertThat(prefix(sequence(replace), split)).isEqualTo(Prefix.NONE);
        assertThat(prefix("null", metaspace("\"split\": false, \"prepend_scheme\": \"first\"")))
                .isEqualTo(Prefix.FIRST_WITHOUT);
        assertThat(prefix("null", metaspace("\"split\": false, \"prepend_scheme\": \"always\"")))
                .isEqualTo(Prefix.EACH_WITHOUT);
        assertThat(prefix("null", metaspace("\"split\": false, \"add_prefix_space\": false"))).isEqualTo(Prefix.NONE);
        unsupported("the normalizer sequence [Prepend]", prepend, "null");
        unsupported("the normalizer sequence [Prepend, Lowercase]", sequence(prepend + ", {\"type\": \"Lowercase\"}"),
                "null");
        unsupported("with split", "null", metaspace("\"prepend_scheme\": \"first\""));
        unsupported("prepend_scheme 'odd'", "null", metaspace("\"split\": false, \"prepend_scheme\": \"odd\""));
        unsupported("replacement", "null", metaspace("\"split\": false, \"replacement\": \"_\""));
        unsupported("byte_fallback without Metaspace", "null", "null");
        unsupported("pre-tokenizer Digits after", replace, "{\"type\": \"Digits\"}");
    }

    private static String sequence(String steps) {
        return "{\"type\": \"Sequence\", \"normalizers\": [" + steps + "]}";
    }

    private static String metaspace(String options) {
        return "{\"type\": \"Metaspace\", " + options + "}";
    }

    private static Prefix prefix(String normalizer, String preTokenizer) {
        CharacterPairs pairs = json(normalizer, preTokenizer).characterPairs().orElseThrow();
        assertThat(pairs.options().byteFallback()).isTrue();
        assertThat(new CharacterPairTokenizer(pairs).encode("ab\n")).endsWith(3, 4);
        return pairs.options().prefix();
    }

    private static TokenizerInfo json(String normalizer, String preTokenizer) {
        return HuggingFaceFile.read(Json.parse("""
                {"added_tokens": [{"id": 0, "content": "<s>", "special": true, "normalized": true}],
                 "normalizer": %s, "pre_tokenizer": %s,
                 "model": {"type": "BPE", "byte_fallback": true, "fuse_unk": true, "unk_token": "<unk>",
                  "vocab": {"<s>": 0, "a": 1, "b": 2, "ab": 3, "<0x0A>": 4, "▁": 5}, "merges": ["a b"]}}
                """.formatted(normalizer, preTokenizer)));
    }

    private static void unsupported(String cause, String normalizer, String preTokenizer) {
        assertThatThrownBy(() -> json(normalizer, preTokenizer)).isInstanceOf(UnsupportedTokenizerException.class)
                .hasMessageContaining(cause).hasMessageEndingWith("is not supported");
    }

    @Test
    void ggufMetadata() {
        Map<String, Object> metadata = new LinkedHashMap<>(Map.of("tokenizer.ggml.model", "llama",
                "tokenizer.ggml.tokens", List.of("<unk>", "<s>", "<0x0A>", "▁", "a", "▁a", "<tag>", "[PAD]"),
                "tokenizer.ggml.scores", new double[] {0, 0, 0, -2, -3, -1, -1000, -1000},
                "tokenizer.ggml.token_type", new long[] {2, 3, 6, 1, 1, 1, 4, 5},
                "tokenizer.ggml.bos_token_id", 1L, "tokenizer.chat_template", "{{ bos_token }}"));
        CharacterPairs pairs = read(metadata).characterPairs().orElseThrow();
        assertThat(pairs.options()).isEqualTo(new CharacterPairOptions(Prefix.EACH, true));
        assertThat(pairs.addedTokens()).containsExactly(new AddedToken(0, "<unk>", true, false),
                new AddedToken(1, "<s>", true, false), new AddedToken(6, "<tag>", false, false),
                new AddedToken(7, "[PAD]", true, false));
        assertThat(new CharacterPairTokenizer(pairs).encode("a a\na")).containsExactly(5, 5, 2, 4);
        assertThat(GgufTokenizer.chat(new GgufHeader(3, metadata, Map.of())))
                .contains(new ChatTemplate("{{ bos_token }}", "<s>", ""));
        metadata.put("tokenizer.ggml.add_space_prefix", false);
        assertThat(read(metadata).characterPairs().orElseThrow().options().prefix()).isEqualTo(Prefix.NONE);
        refuse("remove_extra_whitespaces", metadata, "tokenizer.ggml.remove_extra_whitespaces", true);
        refuse("3 token types for 8 tokens", metadata, "tokenizer.ggml.token_type", new long[] {1, 1, 1});
        refuse("token type 9", metadata, "tokenizer.ggml.token_type", new long[] {9, 1, 1, 1, 1, 1, 1, 1});
        refuse("token type 4294967297", metadata, "tokenizer.ggml.token_type",
                new long[] {(1L << 32) + 1, 1, 1, 1, 1, 1, 1, 1});
        refuse("of type byte", metadata, "tokenizer.ggml.token_type", new long[] {6, 1, 1, 1, 1, 1, 1, 1});
        refuse("a score is not a number", metadata, "tokenizer.ggml.scores",
                new double[] {0, 0, 0, Double.NaN, 0, 0, 0, 0});
        refuse("tokenizer.ggml.scores is not an array of floats", metadata, "tokenizer.ggml.scores", "x");
        refuse("tokenizer model 'bert' is not supported", metadata, "tokenizer.ggml.model", "bert");
        refuse("tokenizer.ggml.pre is missing", metadata, "tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "tekken");
        refuse("the pre-tokenizer 'tekken' is not supported", metadata, "tokenizer.ggml.model", "gpt2");
    }

    private static TokenizerInfo read(Map<String, Object> metadata) {
        return GgufTokenizer.read(new GgufHeader(3, metadata, Map.of()));
    }

    private static void refuse(String cause, Map<String, Object> metadata, String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(metadata);
        changed.put(key, value);
        assertThatThrownBy(() -> read(changed)).isInstanceOf(UnsupportedTokenizerException.class)
                .hasMessageContaining(cause);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        CharacterPairOptions options = new CharacterPairOptions(Prefix.NONE, true);
        refuse("are the same token 'a'", () -> CharacterPairs.byScore(
                List.of("a", "a"), new double[2], List.of(), options));
        refuse("the byte 0A", () -> CharacterPairs.byScore(
                List.of("<0x0A>", "<0x0A>"), new double[2], List.of(), options));
        refuse("1 scores for 2 tokens", () -> CharacterPairs.byScore(
                List.of("a", "b"), new double[1], List.of(), options));
        refuse("token ids", () -> CharacterPairs.byScore(List.of(), new double[0], List.of(), options));
        refuse("text may not become", () -> CharacterPairs.byRank(Map.of("a", 0, "b", 1, "ab", 2), List.of("a b"),
                List.of(new AddedToken(2, "ab", true, false)), options));
        refuse("text may not become", () -> CharacterPairs.byRank(Map.of("a", 0, "<0x0A>", 1, "a<0x0A>", 2),
                List.of("a <0x0A>"), List.of(), options));
        refuse("which the vocabulary lacks", () -> CharacterPairs.byRank(Map.of("a", 0), List.of("a b"), List.of(), options));
        refuse("after normalisation", () -> CharacterPairs.byRank(
                Map.of("a", 0), List.of(), List.of(new AddedToken(1, "x", false, true)), options));
    }

    private static void refuse(String cause, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(cause);
    }
}
