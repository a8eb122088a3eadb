package dev.chagres.gpt2.unique;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.graph.op.LookupTables;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.MlpSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The searches can find something: with any one of the limits on which uniqueness rests a step wider, or dropped,
/// there are two witnesses.
final class WiderTablesTest {
    private static final int KEYS = 60;

    private final LookupTables tables = new LookupTables();

    private static void two(String what, Function<Trial, Witnesses> search) {
        two(what, 0, search);
    }

    /// Some key and input has two witnesses.
    ///
    /// @param first seed, before which there is nothing to find
    private static void two(String what, int first, Function<Trial, Witnesses> search) {
        for (int seed = first; seed < first + KEYS; seed++) {
            Trial trial = new Trial(RandomKey.of(seed), 0);
            if (search.apply(trial).count() > 1) {
                return;
            }
        }
        assertThat(what).as("keys with two witnesses: none of the seeds %d .. %d", first, first + KEYS - 1).isEmpty();
    }

    /// Some key of a kind has two witnesses.
    private static void two(String what, Predicate<DecoderSpec> wanted, Function<Trial, Witnesses> search) {
        for (int seed = 0; seed < KEYS; seed++) {
            if (search.apply(new Trial(RandomKey.of(seed, 16, wanted), 0)).count() > 1) {
                return;
            }
        }
        assertThat(what).as("keys with two witnesses: none of %d", KEYS).isEmpty();
    }

    private static void norm(String lookup, Function<Trial, Table> wider) {
        two("norm: " + lookup, t -> t.norm(Map.of(lookup, wider.apply(t))).run());
    }

    /// (i, floor(log2 i)), and every pair once more with a logarithm one less: remainders twice as large.
    private Table log2Twice() {
        Table log2 = tables.floorLog2();
        long[] exponents = LongStream.range(0, 1 << 17).map(i -> {
            long log = log2.columns().get(1).at(i & 0xffff);
            return i >> 16 == 0 ? log : log - 1;
        }).toArray();
        return tables.explicit("log2", 16, exponents);
    }

    @Test
    void normsWithMantissasOfAnyPeak() {
        norm("peak", _ -> tables.index("peak", -2048, 13, 10, LongStream.range(0, 8).map(i -> i << 10).toArray()));
        two("norm: bits are bits", t -> t.norm(Map.of()).anyBits().run());
    }

    @Test
    void normsWithLongerMantissas() {
        // 3000 is a mantissa of 13 bits for e = 0, and 1500 its one for e = 1.
        two("norm: m", t -> {
            NormSearch norm = t.norm(Map.of("m", tables.range(13)));
            for (int c = 0; c < norm.channels(); c++) {
                norm.stream(c, c == 0 ? 3000 : 0);
            }
            return norm.run();
        });
        norm("exponentPair", _ -> log2Twice());
    }

    @Test
    void normsWithLongerSquares() {
        norm("groupRest0", _ -> tables.range(5));
        norm("quotientLow0", _ -> tables.range(14));
        norm("quotientHigh0", _ -> tables.range(18));
    }

    @Test
    void normsWithAnyScale() {
        norm("restPair", _ -> log2Twice());
        norm("mant", t -> function(t, "norm.rsqrt", 0, 14, 0, 1 << 14, 2 << 14, 3 << 14));
    }

    /// A table of a function with entries of its own, which are residues of the key.
    private Table function(Trial trial, String name, long base, int tileBits, long... starts) {
        Table table = tables.function(name, base, tileBits, starts);
        trial.fill(table);
        return table;
    }

    @Test
    void normsWithLongerRoots() {
        norm("rootPair", _ -> log2Twice());
        two("norm: rhoLow", 18, t -> t.norm(Map.of("rhoLow", tables.range(10))).run());
        norm("rhoHigh", _ -> tables.range(22));
    }

    @Test
    void normsWithLongerOutputs() {
        norm("rem", t -> tables.range(t.key().spec().normShift() + 1));
        norm("n", t -> tables.range(32 - t.key().spec().normShift()));
    }

    @Test
    void normsWithSeveralTuplesOfAnIndex() {
        for (String lookup : List.of("e", "k")) {
            norm(lookup, t -> doubled(t.table("layer0.norm1", lookup), lookup.equals("e") ? 4 : 3));
        }
    }

    /// The entries of a small table, and once more with another last column.
    private Table doubled(Table table, int bits) {
        int half = 1 << table.tileBits();
        long[][] columns = new long[table.columns().size() - 1][2 * half];
        for (int i = 0; i < 2 * half; i++) {
            for (int k = 0; k < columns.length; k++) {
                TablePolynomial column = table.columns().get(k + 1);
                columns[k][i] = column.at(i % half) + (i >= half && k == 1 ? 1 : 0);
            }
        }
        return tables.explicit(table.name(), bits, columns);
    }

    @Test
    void projections() {
        projections("value", _ -> true);
        projections("up", spec -> !UniqueTest.isGated(spec));
    }

    private void projections(String what, Predicate<DecoderSpec> wanted) {
        two(what + ": remainder", wanted, t -> t.projection(what,
                Map.of("rem", tables.range(t.shift(what) + 1))).run());
        // A tile more than the quotients that fit below p, from the first one on.
        two(what + ": quotients", wanted, t -> {
            long base = t.table("layer0." + what, "f").firstValue();
            int bits = 31 - t.shift(what);
            if (bits > 18) {
                return new Witnesses(List.of());
            }
            int tile = Math.max(4, bits - 4);
            return t.projectionNear(what, base, Map.of("f", function(
                    t, "wider", base, tile, Table.consecutive(tile, (1L << bits) + (1L << tile))))).run();
        });
        two(what + ": several results", wanted, t -> {
            long base = t.table("layer0." + what, "f").firstValue();
            long[] starts = {0, 16};
            Table twice = new Table(1, "twice", 4, starts, List.of(new TablePolynomial.Index(base, 4),
                    tables.function("twice", 0, 4, starts).columns().get(1)));
            t.fill(twice);
            return t.projectionNear(what, base, Map.of("f", twice)).run();
        });
    }

    /// What is rotated with a bit more than r + s <= 30 allows, and what is made of it.
    @Test
    void plainProjectionsAndRotations() {
        two("rem of a plain projection", UniqueTest::isRotary, t -> t.projection("query",
                Map.of("rem", tables.range(t.shift("query") + 1))).run());
        two("y", UniqueTest::isRotary, t -> t.projection("query",
                Map.of("y", tables.range(32 - t.shift("query")))).run());
        two("rem of a rotation", UniqueTest::isRotary, t -> t.rotation("key",
                Map.of("rem", tables.range(t.shift("rotation") + 1))).run());
        two("quotients of a rotation", UniqueTest::isRotary, t -> {
            long base = t.table("layer0.queryRotation", "f").firstValue();
            int bits = 31 - t.shift("rotation");
            if (bits > 18) {
                return new Witnesses(List.of());
            }
            int tile = Math.max(4, bits - 4);
            return t.rotationNear("query", base, Map.of("f", function(
                    t, "wider", base, tile, Table.consecutive(tile, (1L << bits) + (1L << tile))))).run();
        });
    }

    @Test
    void gatedRows() {
        two("a packed pair of remainders", spec -> UniqueTest.isGated(spec) && gatedShift(spec) <= 8,
                t -> t.gated(Map.of()).packed().run());
        two("a pair of longer remainders", spec -> UniqueTest.isGated(spec) && gatedShift(spec) <= 8,
                t -> t.gated(Map.of("rems", tables.pair(t.shift("up") + 1))).run());
        two("ub", spec -> UniqueTest.isGated(spec) && gatedShift(spec) >= 12,
                t -> t.gated(Map.of("ub", tables.range(32 - t.shift("up")))).run());
        two("rem of a product", UniqueTest::isGated, t -> t.gated(
                Map.of("rem", tables.range(productShift(t) + 1))).run());
    }

    private static int gatedShift(DecoderSpec spec) {
        return spec.layers().getFirst().mlp().shift();
    }

    private static int productShift(Trial t) {
        return ((MlpSpec.Gated) t.key().spec().layers().getFirst().mlp()).productShift();
    }

    @Test
    void wideWrites() {
        Predicate<DecoderSpec> wide = spec -> spec.layers().getFirst().down().isWide();
        two("rem of a wide write", wide, t -> t.residual("down",
                Map.of("rem", tables.range(t.shift("down") + 1)), Map.of()).run());
        two("a wide write without its quotient", wide, t -> t.residual("down", Map.of(), Map.of()).anyQuotient().run());
        // 2^(31-s) quotients are one more than fit below p.
        two("quotients", spec -> spec.layers().getFirst().down().shift() >= 10, t -> {
            long base = t.table("layer0.down", "quotient").firstValue();
            long entries = (1L << 31 - t.shift("down")) + 16;
            return t.residualNear("down", base, Map.of("quotient",
                    tables.quotients("wider", base, entries, entries + (1 << 16)))).run();
        });
    }

    @Test
    void residualWrites() {
        two("remainder", t -> t.residual("output", Map.of("rem", tables.range(t.shift("output") + 1)),
                Map.of()).run());
        two("stream", t -> t.residual("down", Map.of(), Map.of("m", tables.range(18))).run());
    }

    @Test
    void attentionSums() {
        two("slack", t -> t.attention(5, Map.of("slackHigh", tables.range(15))).run());
        two("excess", t -> t.attention(5, Map.of("excessHigh", tables.range(15))).run());
    }

    @Test
    void attentionOutputs() {
        two("rem", t -> t.attention(5, Map.of("rem", tables.range(t.key().spec().exponential().outputShift() + 1)))
                .run());
        two("out", t -> t.attention(5, Map.of("out", tables.range(32 - t.key().spec().exponential().outputShift())))
                .run());
    }

    /// Without a gap, at least as long as that of the key.
    private Table exponential(RandomKey key, int[] values) {
        long end = Math.max(values.length, key.spec().maskOffset() + key.spec().reach());
        return tables.exponential("exp", end, end, values);
    }

    /// EXP that falls, rises, and falls again: two offsets have sums on either side of Rmax.
    @Test
    void attentionWithAnyExponential() {
        two("exp", t -> {
            int[] values = t.key().spec().exponential().values();
            int[] twice = Arrays.copyOf(values, 2 * values.length);
            System.arraycopy(values, 0, twice, values.length, values.length);
            return t.attention(5, Map.of("exp", exponential(t.key(), twice))).run();
        });
    }

    /// EXP that comes again past the offset of masked positions: later rows have a say.
    @Test
    void attentionWithWeightsOfMaskedRows() {
        for (int seed = 0; seed < KEYS; seed++) {
            RandomKey key = RandomKey.of(seed);
            int[] exp = key.spec().exponential().values();
            int[] again = Arrays.copyOf(exp, key.spec().maskOffset() + exp.length);
            System.arraycopy(exp, 0, again, key.spec().maskOffset(), exp.length);
            Map<String, Table> instead = Map.of("exp", exponential(key, again));
            if (Trial.outputs(key, instead).size() > 1) {
                return;
            }
        }
        assertThat(KEYS).as("keys under which later rows have a say").isZero();
    }

    @Test
    void theChoice() {
        // Differences d and -d - 1 both have limbs.
        passes("high", (t, id) -> t.head(id, Map.of("high", tables.range(16))).run());
        passes("ties", (t, id) -> t.head(id, Map.of()).ties().run());
        passes("limbs of the choice", (t, id) -> t.head(id, Map.of()).anyReference().run());
        two("low", t -> t.head(0, Map.of("low", tables.range(16))).run());
    }

    /// Some row has two ids that pass.
    private static void passes(String what, BiFunction<Trial, Integer, Witnesses> search) {
        for (int seed = 0; seed < KEYS; seed++) {
            RandomKey key = RandomKey.of(seed);
            int ids = 0;
            for (int id = 0; id < key.spec().shape().vocab(); id++) {
                ids += Math.min(1, search.apply(new Trial(key, 0), id).count());
            }
            if (ids > 1) {
                return;
            }
        }
        assertThat(what).as("rows with two ids: none under %d keys", KEYS).isEmpty();
    }

    /// The equation of another row says nothing.
    @Test
    void theInputStream() {
        Trial trial = new Trial(RandomKey.of(0), 0);
        assertThatThrownBy(trial::embeddingWithoutEquation).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not depend");
    }
}
