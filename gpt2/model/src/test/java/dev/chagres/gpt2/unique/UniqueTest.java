package dev.chagres.gpt2.unique;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.Positions;
import dev.chagres.semantics.IntegerSemantics;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// Random keys and inputs: no search finds two witnesses, and each finds one often enough to mean something.
final class UniqueTest {
    private int found;

    /// @param keys number of seeds
    /// @param trials inputs for each key
    private void searches(int keys, int trials, Function<Trial, Witnesses> search) {
        for (int seed = 0; seed < keys; seed++) {
            RandomKey key = RandomKey.of(seed);
            for (int number = 0; number < trials; number++) {
                one("key " + seed + ", trial " + number, search.apply(new Trial(key, number)));
            }
        }
    }

    private void one(String what, Witnesses witnesses) {
        assertThat(witnesses.difference()).as("%s has two witnesses, which differ in", what).isEmpty();
        found += witnesses.count();
    }

    @Test
    void theInputStream() {
        searches(10, 2, Trial::embedding);
        assertThat(found).isEqualTo(20);
    }

    @Test
    void norms() {
        searches(7, 2, t -> t.norm(Map.of()).run());
        assertThat(found).isPositive();
    }

    /// Sums of two groups of channels.
    @Test
    void wideNorms() {
        for (int seed = 0; seed < 3; seed++) {
            RandomKey key = RandomKey.of(seed, 300, spec -> spec.shape().width() > IntegerSemantics.GROUP);
            one("a norm of two groups under key " + seed, new Trial(key, 0).norm(Map.of(), 20).run());
        }
        assertThat(found).isPositive();
    }

    /// What the search of a norm takes for granted: the peak that the bits of a channel name is its mantissa, and 0
    /// for a channel that is absent.
    @Test
    void peaks() {
        for (int seed = 0; seed < 3; seed++) {
            NormSearch norm = new Trial(RandomKey.of(seed), 0).norm(Map.of());
            SplittableRandom random = new SplittableRandom(seed);
            for (int channel = 0; channel < norm.channelNumbers(); channel++) {
                assertThat(norm.peakFailure(channel, random)).as("key %d, channel %d", seed, channel).isZero();
            }
        }
    }

    @Test
    void projections() {
        for (String what : new String[] {"query", "key", "value"}) {
            searches(15, 2, t -> t.projection(what, Map.of()).run());
        }
        keysWith(spec -> !isGated(spec), 15, t -> t.projection("up", Map.of()).run());
        assertThat(found).isGreaterThan(5);
    }

    @Test
    void plainProjectionsAndRotations() {
        for (String what : new String[] {"query", "key"}) {
            keysWith(UniqueTest::isRotary, 20, t -> t.projection(what, Map.of()).run());
        }
        assertThat(found).isGreaterThan(5);
        for (String what : new String[] {"query", "key"}) {
            keysWith(UniqueTest::isRotary, 20, t -> t.rotation(what, Map.of()).run());
        }
        assertThat(found).isGreaterThan(15);
    }

    @Test
    void gatedRows() {
        keysWith(UniqueTest::isGated, 25, t -> t.gated(Map.of()).run());
        assertThat(found).isGreaterThan(2);
    }

    static boolean isRotary(DecoderSpec spec) {
        return spec.positions() instanceof Positions.Rotary;
    }

    static boolean isGated(DecoderSpec spec) {
        return spec.layers().getFirst().mlp() instanceof MlpSpec.Gated;
    }

    /// Two inputs for each key of a kind.
    private void keysWith(Predicate<DecoderSpec> wanted, int keys, Function<Trial, Witnesses> search) {
        for (int seed = 0; seed < keys; seed++) {
            RandomKey key = RandomKey.of(seed, 16, wanted);
            for (int number = 0; number < 2; number++) {
                one("key " + seed + ", trial " + number, search.apply(new Trial(key, number)));
            }
        }
    }

    @Test
    void residualWrites() {
        for (String what : new String[] {"output", "down"}) {
            searches(6, 2, t -> t.residual(what, Map.of(), Map.of()).run());
        }
        assertThat(found).isGreaterThan(5);
    }

    @Test
    void wideWrites() {
        keysWith(spec -> spec.layers().getFirst().output().isWide(), 15, t -> t.residual("output", Map.of(), Map.of())
                .run());
        keysWith(spec -> spec.layers().getFirst().down().isWide(), 15, t -> t.residual("down", Map.of(), Map.of())
                .run());
        assertThat(found).isGreaterThan(2);
    }

    @Test
    void attention() {
        searches(6, 2, t -> t.attention(5, Map.of()).run());
        assertThat(found).isGreaterThan(2);
    }

    /// A row has the same outputs whatever keys and values later rows have.
    @Test
    void attentionOfEarlierRows() {
        for (int seed = 0; seed < 6; seed++) {
            Set<Map<String, Integer>> outputs = Trial.outputs(RandomKey.of(seed), Map.of());
            assertThat(outputs).as("outputs under key %d", seed).hasSizeLessThan(2);
            found += outputs.size();
        }
        assertThat(found).isPositive();
    }

    @Test
    void theChoice() {
        for (int seed = 0; seed < 5; seed++) {
            RandomKey key = RandomKey.of(seed);
            for (int number = 0; number < 2; number++) {
                Map<Integer, Witnesses> ids = new LinkedHashMap<>();
                for (int id = 0; id < key.spec().shape().vocab(); id++) {
                    Witnesses witnesses = new Trial(key, number).head(id, Map.of()).run();
                    one("key " + seed + ", trial " + number + ", id " + id, witnesses);
                    if (witnesses.count() > 0) {
                        ids.put(id, witnesses);
                    }
                }
                assertThat(ids.keySet()).as("key %d, trial %d: ids that pass", seed, number).hasSizeLessThan(2);
            }
        }
        assertThat(found).isGreaterThan(2);
    }
}
