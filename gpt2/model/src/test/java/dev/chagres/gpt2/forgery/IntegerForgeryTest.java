package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelEdits;
import dev.chagres.graph.Width;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.semantics.DomainException;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Lies about integers that are more than one changed value, each with everything that follows from it: the named
/// values, and nothing else, are outside their tables. And the freedom that a prover does have.
class IntegerForgeryTest {
    private static final String NORM = "layer0.norm2";
    /// A row past the sequence.
    private static final int PADDED = 14;

    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x4x20x20x32", 3);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static Outcome outcome(CheatingProver p, TokenSequence about, Consumer<CheatingProver.Run> lie) {
        try (CheatingProver.Run r = p.new Run(about, Map.of())) {
            lie.accept(r);
            return Outcome.of(p, r, Moves.NONE, false);
        }
    }

    private static void violates(Outcome o, String... lookups) {
        assertThat(o.check()).isEqualTo("lookup/balance");
        assertThat(o.violated()).containsExactlyInAnyOrder(lookups);
    }

    // --- the residual stream modulo p -------------------------------------------------------------------------

    /// A residual write that adds p / 2^s too much, so that its remainder is in range, and the next write takes it
    /// back.
    @Test
    void aResidualWriteDoesNotWrap() throws IOException {
        // Both writes must wrap alike, so their shifts must be equal.
        for (int seed = 20; seed < 40; seed++) {
            try (CheatingProver alike = new CheatingProver(folder, "1x4x20x20x32", seed)) {
                LayerSpec layer = ((DecoderSpec) alike.verifyingKey.spec()).layers().getFirst();
                if (layer.output().shift() == layer.down().shift() && layer.down().shift() > 0) {
                    aResidualWriteDoesNotWrap(alike);
                    return;
                }
            }
        }
        fail("no model whose writes have equal shifts");
    }

    private static void aResidualWriteDoesNotWrap(CheatingProver alike) {
        // A row of the prompt: after the attention of the only layer it has no part in any choice.
        int row = 2;
        int channel = 3;
        violates(outcome(alike, alike.sequence, r -> {
            int shift = r.spec().layers().getFirst().output().shift();
            Cells x = new Cells(r, "layer0.output.x");
            Cells rem = new Cells(r, "layer0.output.rem");
            int c = channel;
            while (rem.get(row, c) == 0) {
                c++;
            }
            x.set(row, c, x.get(row, c) + (1L << 31 - shift));
            rem.set(row, c, rem.get(row, c) - 1L);
            NormRow n = new NormRow(r, NORM, "layer0.output.x", row);
            n.e = 15;
            n.channel = c;
            n.from(NormRow.Step.EXPONENT);
            try {
                n.write();
            } catch (DomainException outside) {
                // The engine refuses the row that the forger goes on with.
            }
            takeBack(r, row, c, shift);
        }), NORM + ".m", NORM + ".peak");
    }

    /// The second write of a row, computed from what is there; one channel comes back from x + 2^(31 - back).
    private static void takeBack(CheatingProver.Run r, int row, int channel, int back) {
        int shift = r.spec().layers().getFirst().down().shift();
        Cells before = new Cells(r, "layer0.output.x");
        Cells after = new Cells(r, "layer0.down.x");
        Cells rem = new Cells(r, "layer0.down.rem");
        Product down = new Product(r, "layer0.up.out", "layer0.down", Width.of(r.spec().shape().mlpWidth()),
                Width.of(r.spec().shape().width()));
        assertThat(shift).as("both writes wrap alike").isEqualTo(back);
        for (int c = 0; c < after.channels(); c++) {
            long acc = down.at(row, c) + (shift == 0 ? 0 : 1L << shift - 1);
            long quotient = acc >> shift;
            long rest = acc - (quotient << shift);
            if (c == channel) {
                // q 2^s + rest = acc modulo p, with q near -2^(31 - s)
                rest++;
                quotient += rest >> shift;
                rest &= (1L << shift) - 1;
                quotient -= 1L << 31 - shift;
            }
            after.set(row, c, before.get(row, c) + quotient);
            rem.set(row, c, rest);
        }
        r.again("layer0.down");
    }

    // --- edges of an exponent ---------------------------------------------------------------------------------

    /// A prover of a model whose padded rows hold one value in a channel and 0 elsewhere.
    private static CheatingProver holding(int value, long seed) throws IOException {
        return new CheatingProver(folder, "1x2x16x20x32", seed, 5, 8, m -> {
            for (int c = 0; c < m.shape().width(); c++) {
                m.embedding().entries().set(IntegerModel.ENTRY, 4L * c, c == 3 ? value : 0);
                m.positions().orElseThrow().set(IntegerModel.ENTRY, 4L * (PADDED * m.shape().width() + c), 0);
            }
            return m;
        });
    }

    /// The exponent one less than that of 2^(11 + e), and one more than that of 2^(10 + e) - 1; both for negative
    /// values as well.
    @ParameterizedTest
    @CsvSource({"1, -1, m", "1, 1, peak", "9, -1, m", "9, 1, peak", "14, -1, m", "14, 1, peak"})
    void theExponentIsForcedAtItsEdges(int e, int step, String violated) throws IOException {
        // With step -1 the value is the least that needs e, with step 1 the largest that needs no more.
        int[] values = step < 0 ? new int[] {1 << 10 + e, -(1 << 10 + e) - 1}
                : new int[] {(1 << 11 + e) - 1, -(1 << 11 + e)};
        for (int value : values) {
            try (CheatingProver edge = holding(value, 100 + e + step + (value < 0 ? 50 : 0))) {
                Outcome o = outcome(edge, edge.sequence, r -> {
                    NormRow n = new NormRow(r, "layer0.norm1", "embedding.x", PADDED);
                    assertThat(n.x[3]).isEqualTo(value);
                    assertThat(n.e).isEqualTo(e);
                    n.e += step;
                    n.from(NormRow.Step.EXPONENT);
                    // By one, and no more.
                    assertThat(n.m[3]).isEqualTo(step < 0 ? value > 0 ? 2048 : -2049 : value > 0 ? 1023 : -1024);
                    n.write();
                });
                if (step < 0) {
                    assertThat(o.tuples()).isLessThanOrEqualTo(2);
                    assertThat(o.violated()).contains("layer0.norm1.m");
                } else {
                    violates(o, "layer0.norm1." + violated);
                }
                assertThat(o.check()).isEqualTo("lookup/balance");
            }
        }
    }

    /// Where e is 0, the pair 2^e + r is 1 and nothing else: a pair of 0 would let the mantissa be one more.
    @Test
    void pairsOfZeroAreInNoTable() throws IOException {
        try (CheatingProver zero = holding(0, 200)) {
            violates(outcome(zero, zero.sequence, r -> {
                NormRow n = new NormRow(r, "layer0.norm1", "embedding.x", PADDED);
                assertThat(n.e).isZero();
                n.m[3]++;
                n.from(NormRow.Step.PAIRS);
                assertThat(n.pair[3]).isZero();
                n.write();
            }), "layer0.norm1.exponentPair");
        }
    }

    // --- tables next to each other ----------------------------------------------------------------------------

    /// An index one below or one past its table is in no other table, whichever table comes next in the argument.
    @Test
    void indicesDoNotFallIntoOtherTables() {
        for (boolean below : new boolean[] {true, false}) {
            violates(outcome(prover, prover.sequence, r -> {
                var table = r.operation("layer0.up").segments().getLast().table();
                long first = table.firstValue();
                long end = first + ((long) table.starts().length << table.tileBits());
                Cells u = new Cells(r, "layer0.up.u");
                Cells rem = new Cells(r, "layer0.up.rem");
                long wrong = below ? first - 1 : end;
                int shift = r.spec().layers().getFirst().mlp().shift();
                rem.set(6, 1, rem.get(6, 1) + ((u.get(6, 1) - wrong) << shift));
                u.set(6, 1, wrong);
                r.again("layer0.up");
            }), "layer0.up.f", "layer0.up.rem");
        }
        // A softmax index below 0: the tuple (-1, EXP[-1], 0) continues the table, and is not in it.
        violates(outcome(prover, prover.sequence, r -> {
            AttentionRow a = new AttentionRow(r, "layer0", 0, 0);
            long best = a.distance[0];
            a.offset -= best + 1;
            for (int j = 0; j < a.distance.length; j++) {
                a.distance[j] -= best + 1;
            }
            a.weights();
            a.weight[0] = r.key("exp.before").get(0);
            a.before[0] = 0;
            a.sums();
            a.output();
            a.write();
        }), "layer0.attention.excessHigh", "layer0.attention.exp", "layer0.attention.slackHigh");
    }

    // --- absent channels and masked positions -----------------------------------------------------------------

    /// A padded channel holds 0, which is no peak of a row with e > 0.
    @Test
    void thePeakIsNotReadAtAPaddedChannel() {
        violates(outcome(prover, prover.sequence, r -> {
            NormRow n = new NormRow(r, NORM, "layer0.output.x", 6);
            assertThat(n.e).isPositive();
            n.channel = n.m.length - 1;
            assertThat(n.channel).isGreaterThanOrEqualTo(r.spec().shape().width());
            n.from(NormRow.Step.PEAK);
            n.write();
        }), NORM + ".peak");
    }

    // --- choices ----------------------------------------------------------------------------------------------

    /// All logits are equal: the choice is word 0, and any other is below it by the tie rule alone.
    @Test
    void tiesGoToTheSmallestWord() throws IOException {
        try (CheatingProver tied = new CheatingProver(folder, "1x2x16x20x32", 12, 5, 8, m -> {
            IntegerLinear head = m.head();
            return ModelEdits.withHead(m, new IntegerLinear(Arena.ofAuto().allocate(head.weights().byteSize(), 64),
                    head.outputs(), head.inputs(), new int[head.outputs()], head.shift(), head.acc()));
        })) {
            assertThat(tied.sequence.generated()).containsOnly(0);
            assertThat(outcome(tied, tied.sequence, _ -> { }).check()).isEqualTo(Outcome.ACCEPTED);
            for (int word : new int[] {1, 19}) {
                int[] ids = tied.sequence.ids();
                ids[ids.length - 1] = word;
                violates(outcome(tied, new TokenSequence(ids, tied.sequence.promptLength()), _ -> { }), "head.high");
            }
        }
    }

    /// A change that is small and leads to another text, which the forger then states: the text is generated again with
    /// the change in every evaluation, so that all that is wrong is where it began.
    @Test
    void anotherTextIsNotAccepted() {
        int[] ids = prover.sequence.ids();
        int prompt = prover.sequence.promptLength();
        Consumer<CheatingProver.Run> lie = r -> {
            Cells x = new Cells(r, "embedding.x");
            for (int c = 0; c < r.spec().shape().width(); c++) {
                x.set(prompt - 1, c, x.get(prompt - 1, (c + 7) % r.spec().shape().width()));
            }
            r.again("embedding");
        };
        for (int i = prompt; i < ids.length; i++) {
            try (CheatingProver.Run r = prover.new Run(new TokenSequence(ids, prompt), Map.of())) {
                lie.accept(r);
                long[] logits = new HeadRows(r).logits(i - 1);
                int best = 0;
                for (int v = 1; v < r.spec().shape().vocab(); v++) {
                    best = logits[v] > logits[best] ? v : best;
                }
                ids[i] = best;
            }
        }
        assertThat(ids).isNotEqualTo(prover.sequence.ids());
        Outcome o = outcome(prover, new TokenSequence(ids, prompt), lie);
        assertThat(o.check()).isEqualTo("sumcheck/tokens");
        assertThat(o.violated()).containsExactly("embedding/tokens");
    }

    // --- the same values --------------------------------------------------------------------------------------

    /// v - p is the same field element as v: it commits to the same value, so that nothing is forged.
    @Test
    void anIntegerMinusPIsTheSameValue() {
        for (String name : new String[] {"layer0.output.x", "layer0.norm1.e", "layer0.up.u", "head.low"}) {
            assertThat(outcome(prover, prover.sequence, r -> {
                HostTensor t = r.data(name);
                for (int i = 0; i < t.size(); i += 3) {
                    int v = t.get(i);
                    t.set(i, v > 0 ? v - dev.chagres.field.M31.P : v < 0 ? v + dev.chagres.field.M31.P : v);
                }
            }).check()).isEqualTo(Outcome.ACCEPTED);
        }
    }

    // --- what a prover may choose -----------------------------------------------------------------------------

    /// The channel at which a peak is read is advice: any channel with a mantissa outside will do, and with e = 0 any
    /// channel at all.
    @Test
    void thePeakMayBeReadAtAnyPeak() {
        assertThat(outcome(prover, prover.sequence, r -> {
            int moved = 0;
            for (int row = 0; row < r.rows(); row++) {
                NormRow n = new NormRow(r, NORM, "layer0.output.x", row);
                for (int c = n.channel + 1; c < n.m.length; c++) {
                    if (n.m[c] < -1024 || n.m[c] >= 1024) {
                        n.channel = c;
                        n.from(NormRow.Step.PEAK);
                        n.write();
                        moved++;
                        break;
                    }
                }
            }
            assertThat(moved).isPositive();
        }).check()).isEqualTo(Outcome.ACCEPTED);
    }

    /// Equal entries of a table share their lookups in any way.
    @Test
    void equalEntriesShareTheirLookups() {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            HostTensor counts = r.data("count.norm.k");
            for (int k = 0; k < 8; k++) {
                int half = counts.get(k) / 2;
                counts.set(k, counts.get(k) - half);
                counts.set(k + 8, half);
            }
            assertThat(Outcome.of(prover, r, Moves.NONE, true).check()).isEqualTo(Outcome.ACCEPTED);
        }
    }

    /// Generated rows past the last one decide nothing: their reference logit is free, as long as differences stay in
    /// range.
    @Test
    void paddedGeneratedRowsDecideNothing() {
        assertThat(outcome(prover, prover.sequence, r -> {
            int g = r.about.generated().length;
            Cells low = new Cells(r, "head.low");
            Cells high = new Cells(r, "head.high");
            HeadRows rows = new HeadRows(r);
            HostTensor chosen = r.data("head.chosen");
            assertThat(chosen.size()).isGreaterThan(g);
            chosen.set(g, chosen.get(g) + 1);
            for (int v = 0; v < low.channels(); v++) {
                rows.difference(g, v, ((long) high.get(g, v) << HeadRows.LIMB) + low.get(g, v) + 1);
            }
        }).check()).isEqualTo(Outcome.ACCEPTED);
    }
}
