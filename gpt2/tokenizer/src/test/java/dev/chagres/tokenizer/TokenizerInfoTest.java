package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// The encoding that keys carry: what is written is read again, and no bytes do harm.
class TokenizerInfoTest {
    private static final BytePairs SMALL = BytePairs.ofAlphabet(
            Map.of("<s>", 0, "a", 2, "b", 3, "Ġ", 4, "ab", 5, "aba", 6, "Ġaba", 9),
            List.of("a b", "ab a", "Ġ aba"),
            List.of(new AddedToken(0, "<s>", true, false), new AddedToken(8, "  ", false, true)),
            new BytePairOptions(PreTokenizer.QWEN2, false, true, true));
    private static final CharacterPairs BY_RANK = CharacterPairs.byRank(
            Map.of("<s>", 0, "<0x0A>", 1, "a", 2, "b", 3, "\u2581", 4, "ab", 5, "\u2581ab", 8),
            List.of("a b", "\u2581 ab"), List.of(new AddedToken(0, "<s>", true, false)),
            new CharacterPairOptions(CharacterPairOptions.Prefix.FIRST_WITHOUT, true));
    private static final CharacterPairs BY_SCORE = CharacterPairs.byScore(
            List.of("<s>", "<0x0A>", "a", "b", "ab", "ba"), new double[] {0, 0, -3, -3, -1, -2},
            List.of(new AddedToken(0, "<s>", true, false), new AddedToken(5, "ba", false, false)),
            new CharacterPairOptions(CharacterPairOptions.Prefix.EACH, true));
    private static final ChatTemplate CHAT = new ChatTemplate("{{ messages }}", "", "<é>");
    private static final List<TokenizerInfo> ALL = List.of(TokenizerInfo.NONE, TokenizerInfo.R50K_BASE,
            TokenizerInfo.ofCharacters(List.of("a", "\n", "😀", "\uFFFD")), TokenizerInfo.ofBytePairs(SMALL),
            TokenizerInfo.ofCharacterPairs(BY_RANK), TokenizerInfo.ofCharacterPairs(BY_SCORE),
            TokenizerInfo.R50K_BASE.withChat(Optional.of(CHAT)),
            TokenizerInfo.ofBytePairs(SMALL).withChat(Optional.of(CHAT)),
            TokenizerInfo.ofCharacterPairs(BY_SCORE).withChat(Optional.of(CHAT)));

    @Test
    void whatIsWrittenIsReadAgain() {
        for (TokenizerInfo info : ALL) {
            TokenizerInfo read = TokenizerInfo.decode(info.encode());
            assertThat(read).isEqualTo(info).hasSameHashCodeAs(info);
            assertThat(read.encode()).isEqualTo(info.encode());
            assertThat(read.tokenizer().map(Tokenizer::size).orElse(0)).isEqualTo(info.size());
        }
        assertThat(TokenizerInfo.NONE.encode()).containsExactly(0);
        assertThat(TokenizerInfo.R50K_BASE.encode()).containsExactly(2);
    }

    @Test
    void anyBytesAreAValueOrRefused() {
        int values = 0;
        for (TokenizerInfo info : ALL) {
            byte[] encoded = info.encode();
            for (int length = 0; length < encoded.length; length++) {
                values += decode(Arrays.copyOf(encoded, length));
            }
            for (int at = 0; at < encoded.length; at++) {
                for (int b = 0; b < 256; b++) {
                    byte[] changed = encoded.clone();
                    changed[at] = (byte) b;
                    values += decode(changed);
                }
            }
            for (long seed = 0; seed < 8_000; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                byte[] changed = Arrays.copyOf(encoded, encoded.length + random.nextInt(3));
                for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                }
                values += decode(changed);
            }
        }
        assertThat(values).isBetween(300, 30_000);
    }

    /// Without the check of the form, which would hide what else goes wrong.
    @Test
    void anyBytesAsBytePairs() {
        for (long seed = 0; seed < 50_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] bytes = new byte[random.nextInt(1, 80)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(6));
            }
            bytes[0] = 3;
            decode(bytes);
        }
    }

    private static int decode(byte[] bytes) {
        try {
            TokenizerInfo info = TokenizerInfo.decode(bytes);
            assertThat(info.encode()).isEqualTo(bytes);
            info.tokenizer().ifPresent(tokenizer -> assertThat(tokenizer.size()).isEqualTo(info.size()));
            return 1;
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
            return 0;
        }
    }

    @Test
    void mutatedLargeEncodings() {
        byte[] whole = new byte[R50kBase.pairs().encoded().length + 1];
        System.arraycopy(R50kBase.pairs().encoded(), 0, whole, 1, whole.length - 1);
        whole[0] = 3;
        assertThatThrownBy(() -> TokenizerInfo.decode(whole)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("GPT-2's encoding is carried as R50K_BASE");
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] changed = whole.clone();
            changed[random.nextInt(1, random.nextBoolean() ? 900 : whole.length)] ^= (byte) (1 << random.nextInt(8));
            decode(changed);
        }
    }

    @Test
    void doublingTokensAreRefusedBeforeTheyAreMade() {
        VarintWriter out = new VarintWriter();
        out.put(new byte[] {3, 0, 0, 1, 1, 1, 'a', 40, 4, 1, 2, 39});
        for (int id = 0; id < 40; id++) {
            out.put(id);
            out.put(id);
        }
        out.put(0);
        assertThatThrownBy(() -> TokenizerInfo.decode(out.toByteArray())).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the tokens that merges make are too long");
    }

    @Test
    void hugeCountsAreRefusedBeforeAllocation() {
        for (int kind : new int[] {1, 3}) {
            VarintWriter out = new VarintWriter();
            out.put(kind);
            out.put(new byte[kind == 1 ? 0 : 2]);
            out.put(1_000_000);
            assertThatThrownBy(() -> TokenizerInfo.decode(out.toByteArray()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the tokenizer ends early");
        }
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[TokenizerInfo.MAX_ENCODED_BYTES + 1]))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at most");
    }

    @Test
    void onlyTheShortestFormIsRead() {
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {(byte) 0x80, 0})).hasMessageContaining("canonical");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {0, 0})).hasMessage("the tokenizer ends early");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {0, 1, 'x', 0, 0}))
                .hasMessage("a chat template needs a tokenizer");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {2, 0, 0, 0})).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {2, 1, 'x', 0, 0, 0})).hasMessageContaining("after");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {2, 1, (byte) 0xFF, 0, 0}))
                .hasMessageContaining("not UTF-8");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[0])).hasMessage("the tokenizer ends early");
        assertThatThrownBy(() -> TokenizerInfo.decode(new byte[] {5})).hasMessageContaining("5 where at most 4");
    }

    @Test
    void tablesAndPairsThatDoNotFitAreRefused() {
        refuse("need one character", () -> TokenizerInfo.ofCharacters(List.of("a", "bc")));
        refuse("need one character", () -> TokenizerInfo.ofCharacters(List.of("")));
        refuse("half a surrogate pair", () -> TokenizerInfo.ofCharacters(List.of("\uD83D")));
        refuse("entries 0 and 2 are both 'a' (U+0061)", () -> TokenizerInfo.ofCharacters(List.of("a", "b", "a")));
        refuse("belongs to", () -> TokenizerInfo.ofCharacters(List.of()));
        refuse("belong to", () -> new TokenizerInfo(TokenizerInfo.Kind.BYTE_PAIR, List.of(), Optional.empty(),
                Optional.empty(), Optional.empty()));
        refuse("which the vocabulary lacks", () -> pairs(Map.of("a", 0, "b", 1), List.of("a b")));
        refuse("need two tokens", () -> pairs(Map.of("a", 0, "b", 1), List.of("ab")));
        refuse("same pair", () -> pairs(Map.of("a", 0, "aa", 1), List.of("a a", "a a")));
        refuse("two tokens have id 0", () -> pairs(Map.of("a", 0, "b", 0), List.of()));
        refuse("not in GPT-2's byte alphabet", () -> pairs(Map.of("a b", 0), List.of()));
        refuse("special token", () -> BytePairs.ofAlphabet(Map.of("a", 0, "aa", 1), List.of("a a"),
                List.of(new AddedToken(1, "aa", true, false)), BytePairOptions.of(PreTokenizer.GPT2)));
        refuse("has id 5, but 0 in the vocabulary", () -> BytePairs.ofAlphabet(Map.of("a", 0), List.of(),
                List.of(new AddedToken(5, "a", true, false)), BytePairOptions.of(PreTokenizer.GPT2)));
        refuse("nothing normalises", () -> BytePairs.ofAlphabet(Map.of("a", 0), List.of(),
                List.of(new AddedToken(1, "b", false, true)), BytePairOptions.of(PreTokenizer.GPT2)));
        refuse("is empty", () -> new AddedToken(1, "", false, true));
        refuse("half a surrogate pair", () -> new AddedToken(1, "\uDC00", false, true));
        refuse("bytes", () -> pairs(Map.of("a".repeat(2000), 0), List.of()));
        refuse("token ids", () -> pairs(Map.of(), List.of()));
        refuse("is not between", () -> pairs(Map.of("a", 1 << 20), List.of()));
    }

    private static TokenizerInfo pairs(Map<String, Integer> vocabulary, List<String> merges) {
        return TokenizerInfo.ofBytePairs(
                BytePairs.ofAlphabet(vocabulary, merges, List.of(), BytePairOptions.of(PreTokenizer.GPT2)));
    }

    private static void refuse(String cause, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(cause);
    }
}
