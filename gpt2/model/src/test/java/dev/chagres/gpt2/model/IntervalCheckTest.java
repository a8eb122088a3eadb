package dev.chagres.gpt2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.TableDefinitions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntervalCheckTest {
    private static SyntheticFixture fixture;
    private static IntegerModel model;

    @BeforeAll
    static void quantise(@TempDir Path folder) {
        fixture = new SyntheticFixture("2x2x32x50x64", 7, folder);
        model = fixture.model();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void theQuantisedModelPasses() {
        IntervalCheck.check(model);
    }

    @Test
    void aLargerWeightNamesItsChannel() {
        IntegerLayer layer = model.layers().get(1);
        int channel = widest(layer);
        IntegerLinear larger = ModelEdits.withWeight(layer.down(), channel, smallestWeight(layer.down(), channel),
                32767);
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(model, 1, l -> ModelEdits.withDown(l, larger))),
                "layer 1 down channel " + channel + ": accumulator can reach");
    }

    @Test
    void theSmallestShortIsNoWeight() {
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(
                        model, 0, l -> ModelEdits.withQuery(l, ModelEdits.withWeight(l.query(), 5, 0, -32768)))),
                "layer 0 query channel 5: weight -32768");
    }

    @Test
    void biasesCountOnBothSides() {
        for (int sign : new int[] {-1, 1}) {
            refused(
                    () -> IntervalCheck.check(
                            ModelEdits.withHead(model, ModelEdits.withBias(model.head(), 49, sign << 29))),
                    "head channel 49: accumulator can reach");
        }
    }

    @Test
    void logitsAndWritersHaveTighterLimits() {
        IntegerLinear head = model.head();
        refused(
                () -> IntervalCheck.check(
                        ModelEdits.withHead(model, stated(head, head.shift(), Interval.symmetric(1L << 29)))),
                "head: accumulator interval");
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(model, 0, l -> ModelEdits.withDown(
                        l, stated(l.down(), 3, Interval.symmetric((1L << 30) - (1L << 26)))))),
                "layer 0 down: accumulator interval");
    }

    /// With a shift above 3 a residual write has several quotients in the domain: its table has at most 2^24.
    @Test
    void quotientsOfWideWritesHaveATable() {
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(
                        model, 0, l -> ModelEdits.withDown(l, stated(l.down(), 13, l.down().acc())))),
                "layer 0 down: shift 13 is above 12");
        Interval most = Interval.symmetric((1L << 30) - (1L << 26) - 1);
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(
                        model, 0, l -> ModelEdits.withDown(l, stated(l.down(), 6, most)))),
                "layer 0 down: 31457281 quotients of writes with shift 6, at most 2^24");
        IntegerModel wide = ModelEdits.withLayer(model, 0, l -> ModelEdits.withDown(l, stated(l.down(), 7, most)));
        IntervalCheck.check(wide);
        assertThat(PublicSpec.of(wide).layers().getFirst().down().quotient())
                .isEqualTo(Interval.symmetric(7_864_320));
        IntegerModel both = ModelEdits.withLayer(wide, 1, l -> ModelEdits.withDown(l, stated(l.down(), 6, most)));
        refused(() -> IntervalCheck.check(both), "layer 1 down: 31457281 quotients of writes with shift 6");
        // What a wide write may add is any part of what its weights can that holds 0; a narrow one states nothing.
        Interval part = new Interval(-1 << 16, (1 << 16) - 1);
        IntegerModel stated = ModelEdits.withLayer(wide, 0,
                l -> ModelEdits.withDown(l, ModelEdits.withQuotients(l.down(), part)));
        IntervalCheck.check(stated);
        assertThat(PublicSpec.of(stated).layers().getFirst().down().quotient()).isEqualTo(part);
        for (Interval bad : List.of(new Interval(1, 5), Interval.symmetric(1 << 23))) {
            refused(() -> IntervalCheck.check(ModelEdits.withLayer(wide, 0,
                    l -> ModelEdits.withDown(l, ModelEdits.withQuotients(l.down(), bad)))),
                    "layer 0 down: quotients " + bad + " do not follow");
        }
        refused(() -> IntervalCheck.check(ModelEdits.withLayer(model, 0,
                l -> ModelEdits.withDown(l, ModelEdits.withQuotients(l.down(), part)))),
                "layer 0 down: quotients " + part + " do not follow");
    }

    /// Padded channels have u = 0, whatever the interval of the others is.
    @Test
    void tablesHoldTheIndexOfPaddedChannels() {
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(model, 0, l -> {
                    IntegerLinear q = l.query();
                    int[] bias = new int[q.outputs()];
                    Arrays.fill(bias, 1 << 20);
                    return ModelEdits.withQuery(l,
                            new IntegerLinear(Arena.ofAuto().allocate(q.weights().byteSize(), 64), q.outputs(),
                            q.inputs(), bias, q.shift(), new Interval(1 << 20, 1 << 20)));
                })),
                "layer 0 query: u in");
    }

    @Test
    void theActivationTableCoversEveryIndex() {
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(model, 0, l -> ModelEdits.withTable(
                        l, l.mlp().base(), Arrays.copyOf(l.mlp().table(), l.mlp().table().length - 1)))),
                "layer 0 activation: covers");
        refused(
                () -> IntervalCheck.check(ModelEdits.withLayer(model, 0, l -> {
                    int[] table = l.mlp().table().clone();
                    table[17] = 1 << 15;
                    return ModelEdits.withTable(l, l.mlp().base(), table);
                })),
                "layer 0 activation: |g| can reach 32768");
    }

    @Test
    void tablesFollowTheirDefinitions() {
        NormTables n = model.norm();
        int[] rsqrt = n.rsqrt().clone();
        rsqrt[100]++;
        refused(
                () -> IntervalCheck.check(ModelEdits.withNorm(
                        model, new NormTables(n.fractionBits(), n.shift(), n.epsilon(), rsqrt, n.eps(), n.bound()))),
                "RSQRT is not that of its definition");
        refused(
                () -> IntervalCheck.check(ModelEdits.withNorm(
                        model,
                        new NormTables(n.fractionBits(), n.shift(), n.epsilon(), n.rsqrt(), new int[16], n.bound()))),
                "eps is not that of its definition");
        refused(
                () -> IntervalCheck.check(ModelEdits.withNorm(
                        model,
                        new NormTables(n.fractionBits(), n.shift(), n.epsilon(), n.rsqrt(), n.eps(), n.bound() - 1))),
                "norm: |n| can reach");
        SoftmaxTables s = model.softmax();
        refused(
                () -> IntervalCheck.check(ModelEdits.withSoftmax(
                        model, new SoftmaxTables(s.expBits(), s.logitUnit(), s.exp(), s.rMax() + 1))),
                "softmax: Rmax is");
        refused(
                () -> IntervalCheck.check(ModelEdits.withOutputBound(model, model.oBound() - 1)),
                "attention: an output can reach");
    }

    /// With more exp bits than the context leaves room for, a row sum far above Rmax has the residue of an allowed
    /// slack.
    @Test
    void rowSumsDoNotReachTheSlackAgain(@TempDir Path folder) {
        try (SyntheticFixture longer = new SyntheticFixture("1x1x16x20x1600", 3, folder)) {
            IntegerModel m = longer.model();
            IntervalCheck.check(m);
            int b = m.softmax().expBits() + 1;
            double unit = m.softmax().logitUnit();
            SoftmaxTables finer = new SoftmaxTables(b, unit, TableDefinitions.exp(b, unit, 1 << 20),
                    TableDefinitions.rMax(b, unit));
            refused(() -> IntervalCheck.check(ModelEdits.withSoftmax(m, finer)), "exceeds Rmax by more than p - 2^30");
        }
    }

    /// A table of whole tiles for quotients of both signs needs room below 2^30: 9 2^16 leaves it, 8 2^16 does not.
    @Test
    void whatHasNoTableInTheGraphIsRefused() {
        IntegerModel whole = withQuery(model, 0, 16, 16376L << 16, 16376L << 16);
        refused(() -> IntervalCheck.check(whole), "layer 0 query: accumulator interval");
        assertThatThrownBy(() -> PublicSpec.of(whole).inference(1))
                .isInstanceOf(IllegalArgumentException.class);
        IntegerModel less = withQuery(model, 0, 16, 16375L << 16, 16375L << 16);
        IntervalCheck.check(less);
        assertThat(PublicSpec.of(less).inference(1).keyColumns()).isNotEmpty();
    }

    /// An activation table may be larger than its indices, and so have no whole tiles.
    @Test
    void activationTablesHaveWholeTiles() {
        IntegerModel m = ModelEdits.withLayer(model, 0, l -> {
            IntegerMlp.Plain p = (IntegerMlp.Plain) l.mlp();
            IntegerLinear up = stated(p.up(), 16, p.up().acc());
            return ModelEdits.withMlp(l, new IntegerMlp.Plain(up, -16383, new int[32767], 1, 1));
        });
        refused(() -> IntervalCheck.check(m), "layer 0 activation: a table for [-16383, 16383]");
        assertThatThrownBy(() -> PublicSpec.of(m).inference(1)).isInstanceOf(IllegalArgumentException.class);
    }

    /// A shift of 0 has no remainder and no range table.
    @Test
    void shiftsBeginAtOne() {
        for (int shift : new int[] {0, 1}) {
            IntegerModel m = withQuery(model, 1, shift, 70_000, 70_000);
            IntegerLinear silent = m.layers().get(1).query();
            IntegerModel zero = ModelEdits.withLayer(m, 1, l -> ModelEdits.withQuery(l, new IntegerLinear(
                    Arena.ofAuto().allocate(silent.weights().byteSize(), 64), silent.outputs(), silent.inputs(),
                    new int[silent.outputs()], shift, silent.acc())));
            if (shift == 0) {
                refused(() -> IntervalCheck.check(zero), "layer 1 query: shift 0 is not in 1..16");
                assertThatThrownBy(() -> PublicSpec.of(zero)).isInstanceOf(IllegalArgumentException.class);
            } else {
                IntervalCheck.check(zero);
            }
        }
    }

    /// The model with other stated intervals of a query.
    private static IntegerModel withQuery(IntegerModel m, int layer, int shift, long below, long above) {
        return ModelEdits.withLayer(
                m, layer, l -> ModelEdits.withQuery(l, stated(l.query(), shift, new Interval(-below, above))));
    }

    @Test
    void embeddingSumsStayInsideTheDomain() {
        MemorySegment embedding = Arena.ofAuto().allocate(model.embedding().entries().byteSize(), 64);
        embedding.copyFrom(model.embedding().entries());
        embedding.set(IntegerModel.ENTRY, 4L * (3 * 32 + 11), (1 << 26) - 1 - model.position(0, 11));
        refused(
                () -> IntervalCheck.check(ModelEdits.withEmbedding(model, embedding)),
                "embedding: channel 11 can reach 2^26");
    }

    private static IntegerLinear stated(IntegerLinear linear, int shift, Interval acc) {
        return new IntegerLinear(linear.weights(), linear.outputs(), linear.inputs(), linear.bias(), shift, acc);
    }

    /// The channel whose accumulator can grow largest.
    private static int widest(IntegerLayer layer) {
        IntegerLinear down = layer.down();
        RowBounds bounds = RowBounds.boxed(layer.mlp().range());
        int best = 0;
        long highest = Long.MIN_VALUE;
        for (int j = 0; j < down.outputs(); j++) {
            long high = bounds.of(down.weights(), j, down.inputs(), down.bias()[j]).hi();
            if (high > highest) {
                highest = high;
                best = j;
            }
        }
        return best;
    }

    private static int smallestWeight(IntegerLinear linear, int output) {
        int best = 0;
        for (int k = 1; k < linear.inputs(); k++) {
            best = Math.abs(linear.weight(output, k)) < Math.abs(linear.weight(output, best)) ? k : best;
        }
        return best;
    }

    private static void refused(ThrowingCallable check, String message) {
        assertThatThrownBy(check).isInstanceOf(IntervalCheckException.class).hasMessageContaining(message);
    }
}
