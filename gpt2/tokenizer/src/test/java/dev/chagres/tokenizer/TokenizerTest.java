package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Decoding for readers, streams, canonical ids, character tables, options of byte pairs.
class TokenizerTest {
    private static final Tokenizer R50K = TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();

    @Test
    void spareIdsAreShownAsNumbers() {
        assertThat(R50K.decode(new int[] {15496, 50300, 995, 50257, -1})).isEqualTo("Hello<50300> world<50257><-1>");
        assertThat(R50K.isCanonical(new int[] {15496, 50300})).isFalse();
        assertThat(R50K.isToken(50256)).isTrue();
        assertThat(R50K.isToken(50257)).isFalse();
        int half = R50K.encode("龘")[0];
        assertThat(R50K.decode(new int[] {half, 50300, half})).matches("\uFFFD+<50300>\uFFFD+");
    }

    @Test
    void canonicalIdsAreTheEncodingOfTheirText() {
        int[] hello = R50K.encode("Hello world, 龘 👩\u200D🚀");
        assertThat(R50K.isCanonical(hello)).isTrue();
        assertThat(R50K.isCanonical(new int[0])).isTrue();
        int[] letters = {39, 68, 75, 75, 78};
        assertThat(R50K.decode(letters)).isEqualTo("Hello");
        assertThat(R50K.isCanonical(letters)).isFalse();
        assertThat(R50K.isCanonical(Arrays.copyOf(hello, hello.length - 1))).isFalse();
    }

    @Test
    void aStreamNeverSplitsACharacter() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            String text = RandomTexts.next(random, 20);
            int[] ids = R50K.encode(text);
            StringBuilder joined = new StringBuilder();
            TextStream stream = R50K.stream();
            for (int id : ids) {
                String piece = stream.next(id);
                Texts.checkSurrogates(piece);
                joined.append(piece);
                assertThat(text).as("seed %d", seed).startsWith(joined.toString());
            }
            assertThat(stream.end()).isEmpty();
            assertThat(joined).hasToString(text);
        }
    }

    @Test
    void aStreamOfAnyIdsIsTheirText() {
        for (long seed = 0; seed < 300; seed++) {
            int[] ids = new SplittableRandom(seed).ints(30, 0, 300).toArray();
            StringBuilder joined = new StringBuilder();
            TextStream stream = R50K.stream();
            Arrays.stream(ids).forEach(id -> joined.append(stream.next(id)));
            assertThat(joined.append(stream.end())).hasToString(R50K.decode(ids));
        }
    }

    /// The JDK agrees wherever no surrogate is written as three bytes.
    @Test
    void malformedBytesAsTheJdkReadsThem() {
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int[] leads = {0x41, 0x80, 0xBF, 0xC1, 0xC3, 0xE0, 0xE2, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0x9F, 0xA0, 0x8F,
                    0x90};
            byte[] bytes = new byte[1 + random.nextInt(9)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) leads[random.nextInt(leads.length)];
            }
            Utf8Decoder decoder = new Utf8Decoder();
            StringBuilder text = new StringBuilder();
            for (byte b : bytes) {
                decoder.next(b, text);
            }
            decoder.end(text);
            assertThat(text).as("seed %d", seed).hasToString(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    @Test
    void characterTables() {
        Tokenizer table = TokenizerInfo.ofCharacters(List.of("a", "\n", "😀")).tokenizer().orElseThrow();
        assertThat(table.size()).isEqualTo(3);
        assertThat(table.encode("a\n😀a")).containsExactly(0, 1, 2, 0);
        assertThat(table.decode(new int[] {2, 1, 0, 3})).isEqualTo("😀\na<3>");
        assertThat(table.isCanonical(new int[] {2, 1, 0})).isTrue();
        assertThat(table.isCanonical(new int[] {3})).isFalse();
        assertThatThrownBy(() -> table.encode("a😀é")).isInstanceOf(TokenizerException.class)
                .hasMessage("character 'é' (U+00E9) at position 2 is not among the 3 characters the model knows");
        assertThatThrownBy(() -> table.encode("\t")).hasMessageStartingWith("character U+0009 at position 0 ");
        assertThatThrownBy(() -> table.encode("a\uDE00"))
                .hasMessageStartingWith("unpaired surrogate U+DE00 at position 1");
        assertThatThrownBy(() -> table.bytes(3)).isInstanceOf(TokenizerException.class);
    }

    @Test
    void prefixSpaceAndNormalForm() {
        Map<String, Integer> vocabulary = Map.of("Ġ", 0, "a", 1, "Ã", 2, "©", 3, "Ġa", 4);
        Tokenizer tokenizer = new BytePairTokenizer(BytePairs.ofAlphabet(vocabulary, List.of("Ġ a"),
                List.of(new AddedToken(5, "<é>", false, true), new AddedToken(6, "e\u0301!", true, false)),
                new BytePairOptions(PreTokenizer.GPT2, true, true, false)));
        assertThat(tokenizer.encode("a")).containsExactly(4);
        assertThat(tokenizer.encode(" a")).containsExactly(4);
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(tokenizer.encode("e\u0301")).containsExactly(0, 2, 3);
        assertThat(tokenizer.encodeWithAddedTokens("a<e\u0301>a")).containsExactly(4, 5, 4);
        assertThat(tokenizer.encodeWithAddedTokens("e\u0301!a")).containsExactly(6, 4);
        assertThat(tokenizer.isCanonical(new int[] {1})).isFalse();
        assertThat(tokenizer.isCanonical(new int[] {4, 1})).isTrue();
        assertThatThrownBy(() -> tokenizer.encode("aab")).isInstanceOf(TokenizerException.class)
                .hasMessage("character 'b' (U+0062) at position 2 has no token: the vocabulary lacks the byte 62");
        assertThatThrownBy(() -> tokenizer.encodeWithAddedTokens("a<é>ab"))
                .hasMessageContaining("'b' (U+0062) at position 5");
    }

    @Test
    void wholePiecesBeforeMerges() {
        Map<String, Integer> vocabulary = Map.of("a", 0, "b", 1, "c", 2, "ab", 3, "bc", 4, "abc", 5);
        List<String> merges = List.of("b c", "a b");
        assertThat(tokenizer(vocabulary, merges, false).encode("abc")).containsExactly(0, 4);
        assertThat(tokenizer(vocabulary, merges, true).encode("abc")).containsExactly(5);
        assertThat(tokenizer(vocabulary, merges, true).encode("abcabc")).containsExactly(0, 4, 0, 4);
    }

    private static Tokenizer tokenizer(Map<String, Integer> vocabulary, List<String> merges, boolean ignoreMerges) {
        return new BytePairTokenizer(BytePairs.ofAlphabet(
                vocabulary, merges, List.of(), new BytePairOptions(PreTokenizer.GPT2, false, false, ignoreMerges)));
    }

    @Test
    void theLongestAddedTokenWins() {
        Tokenizer tokenizer = new BytePairTokenizer(BytePairs.ofAlphabet(Map.of("a", 0, "b", 1), List.of(),
                List.of(new AddedToken(2, "ab", true, false), new AddedToken(3, "aba", true, false),
                        new AddedToken(4, "abab!", true, false)), BytePairOptions.of(PreTokenizer.QWEN2)));
        assertThat(tokenizer.encodeWithAddedTokens("ababab")).containsExactly(3, 1, 2);
        assertThat(tokenizer.encode("ababab")).containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void theTwoNewerExpressionsDifferInNumbersOnly() {
        assertThat(pieces(PreTokenizer.LLAMA3, "it's  12345 x\n\n y")).containsExactly(
                "it", "'s", " ", " ", "123", "45", " x", "\n\n", " y");
        assertThat(pieces(PreTokenizer.QWEN2, "it's  12345 x\n\n y")).containsExactly(
                "it", "'s", " ", " ", "1", "2", "3", "4", "5", " x", "\n\n", " y");
        assertThat(pieces(PreTokenizer.DIGITS_THEN_GPT2, "x  12 y\n\n1")).containsExactly("x", "  ", "1", "2", " y",
                "\n\n", "1");
        assertThat(pieces(PreTokenizer.GPT2, "x  12 y\n\n1")).containsExactly("x", " ", " 12", " y", "\n", "\n", "1");
    }

    private static List<String> pieces(PreTokenizer preTokenizer, String text) {
        List<String> pieces = new ArrayList<>();
        preTokenizer.split(text, 0, text.length(), (start, end) -> pieces.add(text.substring(start, end)));
        return pieces;
    }

    @Test
    void piecesCoverTheText() {
        for (PreTokenizer preTokenizer : PreTokenizer.values()) {
            for (long seed = 0; seed < 2_000; seed++) {
                String text = RandomTexts.next(new SplittableRandom(seed), 12);
                assertThat(String.join("", pieces(preTokenizer, text))).as("seed %d", seed).isEqualTo(text);
            }
        }
    }
}
