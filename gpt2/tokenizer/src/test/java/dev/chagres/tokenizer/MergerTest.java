package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Merging against the definition, on small random vocabularies, and its time on long words.
class MergerTest {
    @Test
    void leastRankFirstThenLeftmost() {
        for (long seed = 0; seed < 3_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BytePairs pairs = randomPairs(random);
            Tokenizer tokenizer = new BytePairTokenizer(pairs);
            StringBuilder word = new StringBuilder();
            for (int n = random.nextInt(1, 60); n > 0; n--) {
                word.append((char) ('a' + random.nextInt(3)));
            }
            int[] ids = tokenizer.encode(word.toString());
            assertThat(ids).as("seed %d", seed).isEqualTo(byDefinition(word.toString(), pairs));
            assertThat(tokenizer.decode(ids)).isEqualTo(word.toString());
            assertThat(BytePairsCodec.decode(pairs.encoded())).isEqualTo(pairs);
        }
    }

    /// Merges in any order, several of one token among them, so that parts may be made after they are needed.
    private static BytePairs randomPairs(SplittableRandom random) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>(Map.of("a", 0, "b", 1, "c", 2));
        List<String> merges = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
            List<String> tokens = List.copyOf(vocabulary.keySet());
            String left = tokens.get(random.nextInt(tokens.size()));
            String right = tokens.get(random.nextInt(tokens.size()));
            if (!merges.contains(left + " " + right)) {
                vocabulary.putIfAbsent(left + right, vocabulary.size() + random.nextInt(2));
                merges.add(random.nextInt(merges.size() + 1), left + " " + right);
            }
        }
        // Ids may skip one, and then come twice: number anew, with holes.
        int id = 0;
        for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
            token.setValue(id);
            id += 1 + random.nextInt(2);
        }
        return BytePairs.ofAlphabet(vocabulary, merges, List.of(), BytePairOptions.of(PreTokenizer.GPT2));
    }

    private static int[] byDefinition(String word, BytePairs pairs) {
        Map<String, Integer> ordinary = pairs.ordinary();
        List<Integer> ids = new ArrayList<>();
        word.chars().forEach(c -> ids.add(ordinary.get(Character.toString(c))));
        Merges merges = pairs.merges();
        while (true) {
            int best = -1;
            for (int i = 0; i + 1 < ids.size(); i++) {
                int merge = merges.of(ids.get(i), ids.get(i + 1));
                if (merge >= 0 && (best < 0 || merge < merges.of(ids.get(best), ids.get(best + 1)))) {
                    best = i;
                }
            }
            if (best < 0) {
                return ids.stream().mapToInt(Integer::intValue).toArray();
            }
            int merge = merges.of(ids.get(best), ids.remove(best + 1));
            ids.set(best, merges.result(merge));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "ab", "th", "龘", " ", "\n", "1", "!", "-=", "e\u0301"})
    void aMillionCharactersWithoutAPlaceToCut(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());
        Tokenizer tokenizer = TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();
        Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
        });
    }

    @Test
    void aMillionRandomLetters() {
        StringBuilder text = new StringBuilder();
        new SplittableRandom(1).ints(1_000_000, 'a', 'z' + 1).forEach(c -> text.append((char) c));
        Tokenizer tokenizer = TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();
        Assertions.assertTimeout(Duration.ofSeconds(60), () -> {
            int[] ids = tokenizer.encode(text.toString());
            assertThat(tokenizer.decode(ids)).isEqualTo(text.toString());
            assertThat(tokenizer.isCanonical(ids)).isTrue();
        });
    }
}
