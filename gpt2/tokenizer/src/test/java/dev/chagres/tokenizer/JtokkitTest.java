package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Against an independent implementation: GPT-2's encoding, and cl100k_base, which cuts as Llama 3 does.
class JtokkitTest {
    private static final BytePairs CL100K_PAIRS = cl100k();

    enum Pair {
        R50K(EncodingType.R50K_BASE) {
            @Override
            Tokenizer make() {
                return TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();
            }
        },
        CL100K(EncodingType.CL100K_BASE) {
            @Override
            Tokenizer make() {
                return TokenizerInfo.ofBytePairs(CL100K_PAIRS).tokenizer().orElseThrow();
            }
        };

        private final EncodingType type;
        private Tokenizer ours;
        private Encoding oracle;

        Pair(EncodingType type) {
            this.type = type;
        }

        abstract Tokenizer make();

        void compare(String text) {
            if (ours == null) {
                ours = make();
                oracle = Encodings.newLazyEncodingRegistry().getEncoding(type);
            }
            int[] expected = oracle.encodeOrdinary(text).toArray();
            int[] ids = ours.encode(text);
            if (!Arrays.equals(ids, expected)) {
                assertThat(ids).as("%s of %s", this, Texts.quote(text)).isEqualTo(expected);
            }
            assertThat(ours.decode(ids)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCharacterInPlaces(Pair pair) {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Character.isDefined(c) && Character.getType(c) != Character.SURROGATE
                    && Character.getType(c) != Character.PRIVATE_USE) {
                String s = Character.toString(c);
                pair.compare("a" + s + " " + s + "1" + s + s + "!" + s + "  " + s);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomTexts(Pair pair) {
        for (long seed = 0; seed < 6_000; seed++) {
            pair.compare(RandomTexts.next(new SplittableRandom(seed), 1 + (int) (seed % 24)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tinyshakespeare/input.txt", "wikitext2-raw-test/wiki.test.raw",
            "lambada_openai/lambada_test.jsonl"})
    void wholeFiles(String file) throws IOException {
        String text = Files.readString(TestData.path("eval/" + file));
        for (Pair pair : Pair.values()) {
            pair.compare(text);
        }
    }

    @Test
    void cl100kSurvivesItsEncoding() {
        TokenizerInfo info = TokenizerInfo.ofBytePairs(CL100K_PAIRS);
        byte[] encoded = info.encode();
        assertThat(TokenizerInfo.decode(encoded)).isEqualTo(info);
        assertThat(encoded.length).isBetween(500_000, 2_000_000);
    }

    /// As Llama 3's `tokenizer.json` is made from such a file: every way to make a token of two others is a merge,
    /// ranked by the token, then by the ids of the two.
    private static BytePairs cl100k() {
        Map<String, Integer> vocabulary = new HashMap<>();
        List<String> byId = new ArrayList<>();
        try (InputStream in = Encodings.class.getResourceAsStream("/com/knuddels/jtokkit/cl100k_base.tiktoken")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                String[] fields = line.split(" ");
                String letters = ByteAlphabet.letters(Base64.getDecoder().decode(fields[0]));
                vocabulary.put(letters, Integer.parseInt(fields[1]));
                byId.add(letters);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> merges = new ArrayList<>();
        for (String token : byId) {
            IntStream.range(1, token.length())
                    .filter(i -> vocabulary.containsKey(token.substring(0, i))
                            && vocabulary.containsKey(token.substring(i)))
                    .boxed()
                    .sorted(Comparator.comparing(i -> vocabulary.get(token.substring(0, i))))
                    .forEach(i -> merges.add(token.substring(0, i) + " " + token.substring(i)));
        }
        return BytePairs.ofAlphabet(
                vocabulary, merges, List.of(), new BytePairOptions(PreTokenizer.LLAMA3, false, false, true));
    }
}
