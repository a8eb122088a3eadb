package dev.chagres.gpt2.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.ModelEdits;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.graph.Graph;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Width;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.model.Circuit;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.FilledKeyData;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine against [Oracle], bit for bit: every committed column, every virtual tensor, the logits' differences and
/// the chosen ids.
class OracleTest {
    private static final int THREADS = 2;

    @TempDir
    private static Path folder;

    private static SyntheticFixture fixture(String shape, long seed) throws IOException {
        return new SyntheticFixture(shape, seed, Files.createTempDirectory(folder, "model"));
    }

    // --- comparison -------------------------------------------------------------------------------------------

    /// A tensor of the engine.
    private record Tensor(Shape shape, HostTensor data) {}

    private static Map<String, Tensor> tensors(Graph graph, Witness witness) {
        Map<String, Tensor> result = new LinkedHashMap<>();
        graph.operations().forEach(o -> {
            o.columns().forEach(c -> result.put(c.name(), new Tensor(c.shape(), HostTensor.of(witness.of(c)))));
            o.segments().stream().flatMap(s -> s.components().stream()).forEach(c -> {
                if (c instanceof TupleComponent.Proved p) {
                    result.put(p.virtual().name(), new Tensor(p.virtual().shape(), witness.of(p.virtual())));
                }
            });
        });
        return result;
    }

    private static Oracle.Padding padding(IntegerModel m, RowBlocks rows) {
        return new Oracle.Padding(Width.of(m.shape().width()).padded(),
                1 << Width.heads(1, m.shape().headWidth()).bits(), Width.of(m.shape().mlpWidth()).padded(),
                Width.of(m.shape().vocab()).padded(), 1 << rows.bits());
    }

    /// Generates with the engine, runs both over the whole sequence, and compares everything. Where one leaves the
    /// domain, so must the other.
    ///
    /// @return whether the sequence stays inside the domain
    private static boolean agree(IntegerModel model, int[] prompt, int count) {
        return agree(model, prompt, count, _ -> { });
    }

    /// @param look sees the oracle of a sequence inside the domain
    private static boolean agree(IntegerModel model, int[] prompt, int count, Consumer<Oracle> look) {
        DecoderSpec spec = PublicSpec.of(model);
        try (FilledKeyData key = new FilledKeyData(new ModelKeySource(model))) {
            Oracle whole = null;
            int[] ids = prompt;
            try {
                for (int i = 0; i < count; i++) {
                    // Later rows do not change earlier ones.
                    whole = run(model, ids, prompt.length + count - 1);
                    ids = Arrays.copyOf(ids, ids.length + 1);
                    ids[ids.length - 1] = Oracle.choice(whole.logits(ids.length - 2));
                }
                whole = run(model, Arrays.copyOf(ids, ids.length - 1), ids.length - 1);
                assertThat(TestEngines.of(THREADS).generator(spec, key).generate(prompt, count, _ -> { }))
                        .isEqualTo(ids);
                compare(model, spec, key, new TokenSequence(ids, prompt.length), whole);
                look.accept(whole);
                return true;
            } catch (Oracle.Outside outside) {
                int[] padded = Arrays.copyOf(ids, prompt.length + count);
                Circuit graph = spec.inference(padded.length - 1);
                try (Witness witness = new Witness(graph.graph(), key.of(graph), TestHosts.of(1).memory());
                        IntegerRun run = new IntegerRun(graph.graph(), witness, padded, TestHosts.of(THREADS))) {
                    assertThatThrownBy(() -> run.rows(0, graph.rows().padded())).isInstanceOf(DomainException.class);
                }
                return false;
            }
        }
    }

    /// The oracle on the rows of a sequence of `rows` inputs, padded ones included.
    private static Oracle run(IntegerModel model, int[] inputs, int rows) throws Oracle.Outside {
        RowBlocks blocks = RowBlocks.of(rows);
        return Oracle.run(model, Arrays.copyOf(inputs, blocks.padded()), padding(model, blocks));
    }

    private static void compare(IntegerModel model, DecoderSpec spec, FilledKeyData key, TokenSequence sequence,
            Oracle oracle) {
        Circuit compiled = spec.compile(sequence);
        try (Witness witness = new Witness(compiled.graph(), key.of(compiled), TestHosts.of(1).memory());
                IntegerRun run = new IntegerRun(compiled.graph(), witness, sequence.inputs(), TestHosts.of(THREADS))) {
            run.rows(0, compiled.rows().padded());
            run.finish();
            Map<String, Tensor> engine = tensors(compiled.graph(), witness);
            Set<String> names = new LinkedHashSet<>(oracle.tensors().keySet());
            names.addAll(oracle.scores().keySet());
            names.addAll(Set.of("head.high", "head.low", "head.chosen"));
            assertThat(engine.keySet()).containsExactlyInAnyOrderElementsOf(names);
            oracle.tensors().forEach((name, rows) -> compare(name, engine.get(name), rows));
            oracle.scores().forEach((name, heads) -> compareScores(name, engine.get(name), heads));
            compareHead(model, engine, sequence, oracle);
        }
    }

    /// `[row][channel]`, or `[row][head]`, against `[block][channel][row]`.
    private static void compare(String name, Tensor engine, long[][] rows) {
        int bits = engine.shape.lowAxes().getFirst().bits();
        int channels = rows[0].length;
        assertThat(engine.data.size()).as(name).isEqualTo((long) rows.length * channels);
        for (int t = 0; t < rows.length; t++) {
            for (int c = 0; c < channels; c++) {
                long at = ((long) (t >> bits) * channels + c << bits) + (t & ((1 << bits) - 1));
                if (engine.data.get(at) != rows[t][c]) {
                    assertThat((long) engine.data.get(at)).as("%s, row %d, channel %d", name, t, c)
                            .isEqualTo(rows[t][c]);
                }
            }
        }
    }

    /// `[head][query][key]` against `[query block][key block][head][key][query]`.
    private static void compareScores(String name, Tensor engine, long[][][] heads) {
        int bits = engine.shape.lowAxes().getFirst().bits();
        int side = 1 << bits;
        for (int h = 0; h < heads.length; h++) {
            for (int i = 0; i < heads[h].length; i++) {
                for (int j = 0; j < heads[h][i].length; j++) {
                    long tile = (long) (i >> bits) * ((i >> bits) + 1) / 2 + (j >> bits);
                    long at = (tile * heads.length + h << 2 * bits) + ((long) (j % side) << bits) + i % side;
                    if (engine.data.get(at) != heads[h][i][j]) {
                        assertThat((long) engine.data.get(at)).as("%s, head %d, query %d, key %d", name, h, i, j)
                                .isEqualTo(heads[h][i][j]);
                    }
                }
            }
        }
    }

    private static void compareHead(IntegerModel model, Map<String, Tensor> engine, TokenSequence sequence,
            Oracle oracle) {
        int[] ids = sequence.generated();
        int words = Width.of(model.shape().vocab()).padded();
        int rows = RowBlocks.of(ids.length).padded();
        long[][] high = new long[rows][words];
        long[][] low = new long[rows][words];
        long[][] chosen = new long[rows][1];
        for (int g = 0; g < rows; g++) {
            int r = Math.min(g, ids.length - 1);
            long[] logits = oracle.logits(sequence.promptLength() - 1 + r);
            assertThat(ids[r]).isEqualTo(Oracle.choice(logits));
            chosen[g][0] = logits[ids[r]];
            for (int v = 0; v < words; v++) {
                long difference = logits[ids[r]] - (v < logits.length ? logits[v] : -(15L << 25)) - (v < ids[r] ? 1 : 0);
                high[g][v] = difference / 32768;
                low[g][v] = difference % 32768;
            }
        }
        compare("head.high", engine.get("head.high"), high);
        compare("head.low", engine.get("head.low"), low);
        compare("head.chosen", engine.get("head.chosen"), chosen);
    }

    private static int[] ids(IntegerModel m, int n, long seed) {
        return new SplittableRandom(seed).ints(n, 0, m.shape().vocab()).toArray();
    }

    // --- models -----------------------------------------------------------------------------------------------

    /// Widths that are powers of two, that are not, that have two and three groups of squares; heads of 1 to 64
    /// channels; one block of every size and several.
    @ParameterizedTest
    @CsvSource({"1x1x1x2x16, 1, 1", "1x1x4x5x16, 3, 2", "2x4x4x7x32, 10, 9", "1x3x15x33x64, 20, 25",
        "2x2x16x20x32, 1, 16", "1x5x20x50x40, 12, 28", "3x3x24x31x32, 7, 9",
        "1x3x33x70x20, 5, 6", "1x1x64x100x32, 3, 5", "1x7x84x65x32, 9, 5", "2x3x72x50x200, 131, 9",
        "1x8x136x40x300, 250, 7",
        "1x12x264x300x32, 9, 3", "1x16x528x40x32, 5, 4"})
    void randomModels(String shape, int prompt, int generated) throws IOException {
        try (SyntheticFixture f = fixture(shape, 50 + prompt)) {
            assertThat(agree(f.model(), ids(f.model(), prompt, generated), generated)).isTrue();
        }
    }

    /// Every kind of positions, MLP and write, with 1 to 7 heads for each head of keys; heads and hidden rows with and
    /// without padding; one block and several.
    @ParameterizedTest
    @CsvSource({"2x4x32x48x64, 2, true, 9, 9, 8, 1, 20, 9", "1x6x36x40x64, 2, true, 12, 6, 5, 1, 5, 9",
        "1x7x42x20x48, 1, true, 0, 3, 1, 1, 12, 20", "2x4x24x33x32, 4, false, 14, 12, 9, 1, 7, 9",
        "1x4x40x70x40, 1, false, 3, 10, 10, 1, 3, 6", "1x6x12x20x300, 3, true, 9, 9, 8, 1, 140, 5",
        "1x2x8x20x40, 1, true, 9, 11, 9, 1, 30, 2", "1x2x40x33x40, 2, true, 10, 0, 1, 1, 1, 15"})
    void randomDecoders(String shape, int keyHeads, boolean rotary, int gate, int write, int size, int reach,
            int prompt, int generated) throws IOException {
        try (SyntheticFixture f = fixture(shape, 80 + prompt)) {
            IntegerModel m = Decoders.of(f.model(),
                    new Decoders.Kind(keyHeads, rotary, gate, write, size, reach), 81 + prompt);
            assertThat(agree(m, ids(m, prompt, generated), generated)).isTrue();
        }
    }

    /// Streams of more than 1024 channels, whose groups are shifted by 6 bits.
    @Test
    void wideDecoder() throws IOException {
        try (SyntheticFixture f = fixture("1x2x1032x20x32", 90)) {
            IntegerModel m = Decoders.of(f.model(), new Decoders.Kind(1, true, 9, 9, 4, 1), 91);
            assertThat(agree(m, ids(m, 3, 2), 3)).isTrue();
        }
    }

    /// Some runs are out of reach for both, others for neither.
    @Test
    void reach() throws IOException {
        try (SyntheticFixture f = fixture("1x2x16x20x64", 92)) {
            int inside = 0;
            int runs = 0;
            for (int reach = 1; reach <= 8; reach++) {
                IntegerModel m = Decoders.of(f.model(), new Decoders.Kind(1, true, 9, 0, 1, reach), 93);
                for (int n = 1; n <= 6; n++) {
                    runs++;
                    inside += agree(m, ids(m, n, 94 + n), 3) ? 1 : 0;
                }
            }
            assertThat(inside).isBetween(1, runs - 1);
        }
    }

    /// Some runs add more to the stream than their model allows, for both, others for neither. Interpreters, oracle and
    /// engine agree where a run ends.
    @Test
    void quotientsOfWrites() throws IOException {
        try (SyntheticFixture f = fixture("1x2x16x20x64", 95)) {
            IntegerModel all = Decoders.of(f.model(), new Decoders.Kind(1, true, 9, 9, 8, 1), 96);
            int inside = 0;
            int runs = 0;
            int ended = 0;
            for (int bits = 7; bits <= 22; bits++) {
                Interval quotients = new Interval(-1L << bits, (1L << bits) - 1);
                // One table serves both.
                IntegerModel m = bits % 2 == 0 ? ModelEdits.withQuotients(all, quotients, quotients)
                        : ModelEdits.withQuotients(all, new Interval(-8, 7), quotients);
                IntervalCheck.check(m);
                int[] ids = ids(m, bits, 3);
                boolean whole = agree(m, ids, 2);
                runs++;
                inside += whole ? 1 : 0;
                ReferenceInference plain = new ReferenceInference(m);
                if (whole) {
                    assertThat(plain.logits(ids)).hasDimensions(ids.length, m.shape().vocab());
                } else {
                    ended += ends(plain, ids) ? 1 : 0;
                }
            }
            assertThat(inside).isBetween(1, runs - 1);
            // Of the others some end in rows that a proof adds, which it does not run.
            assertThat(ended).isBetween(1, runs - inside);
        }
    }

    private static boolean ends(ReferenceInference plain, int[] ids) {
        try {
            plain.logits(ids);
            return false;
        } catch (DomainException e) {
            assertThat(e).hasMessageContaining("is added to the residual stream");
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource
    void extremeWeightsAndInputs(Extremes.Weights weights) throws IOException {
        boolean inside = false;
        try (SyntheticFixture f = fixture("2x3x24x64x90", 60)) {
            for (boolean writes : new boolean[] {false, true}) {
                IntegerModel m = Extremes.of(f.model(), weights, writes, 61);
                int[] all = new int[m.shape().vocab()];
                Arrays.setAll(all, v -> v);
                boolean whole = agree(m, all, 6, o -> reaches(o, weights));
                assertThat(whole || writes).as("the stream keeps its values").isTrue();
                inside |= whole;
                // Rows of one token: the only key of the first row is its own.
                for (int v = 0; v < 12; v++) {
                    inside |= agree(m, new int[] {v}, 2);
                }
                agree(m, ids(m, 40, 7), 20);
            }
        }
        assertThat(inside).isTrue();
    }

    /// The extremes are there: every exponent, saturated q, k and v, accumulators near their limit.
    private static void reaches(Oracle o, Extremes.Weights weights) {
        assertThat(values(o, "layer0.norm1.e").distinct().count()).isEqualTo(16);
        assertThat(values(o, "layer0.norm1.m").max().orElseThrow()).isEqualTo(2047);
        assertThat(values(o, "layer0.norm1.m").min().orElseThrow()).isEqualTo(-2048);
        if (weights == Extremes.Weights.MAXIMUM || weights == Extremes.Weights.MINIMUM) {
            assertThat(values(o, "layer0.query.out").map(Math::abs).max().orElseThrow()).isEqualTo(127);
            // Half of the accumulator from the bias, nearly the other half from the flat row.
            assertThat(values(o, "layer0.up.u").map(Math::abs).max().orElseThrow()).isGreaterThan((1 << 14) * 9 / 10);
        }
    }

    private static LongStream values(Oracle o, String tensor) {
        return Arrays.stream(o.tensors().get(tensor)).flatMapToLong(Arrays::stream);
    }

    /// One past the edge of the stream on either side, in one channel.
    @Test
    void theEdgeOfTheStream() throws IOException {
        try (SyntheticFixture f = fixture("1x2x16x12x32", 62)) {
            IntegerModel m = Extremes.of(f.model(), Extremes.Weights.ZERO, false, 63);
            for (long edge : new long[] {(1 << 26) - 1, 1 << 26, -(1 << 26), -(1 << 26) - 1}) {
                m.positions().orElseThrow().set(IntegerModel.ENTRY, 4L * (2 * 16 + 5), (int) edge);
                assertThat(agree(m, new int[] {0, 0, 0, 0}, 3)).as("%d", edge)
                        .isEqualTo(edge < 1 << 26 && edge >= -(1 << 26));
            }
        }
    }

    /// Every width up to 72 and around the groups of squares, with as many heads as divide it. Takes long.
    @ParameterizedTest
    @MethodSource
    @EnabledIfSystemProperty(named = "chagres.oracle", matches = "all")
    void everyWidth(int width) throws IOException {
        for (int heads = 1; heads <= Math.min(width, 16); heads++) {
            if (width % heads == 0) {
                String shape = "1x" + heads + "x" + width + "x" + (2 + width % 29) + "x40";
                try (SyntheticFixture f = fixture(shape, width)) {
                    assertThat(agree(f.model(), ids(f.model(), 1 + width % 20, heads), 1 + heads)).as(shape).isTrue();
                }
            }
        }
    }

    static IntStream everyWidth() {
        return IntStream.concat(IntStream.rangeClosed(1, 72),
                IntStream.of(120, 127, 128, 129, 132, 160, 192, 255, 256, 257, 258, 384, 511, 512,
                513, 516, 640));
    }

    /// Widths and heads of all named shapes, one layer of each. Takes long.
    @ParameterizedTest
    @ValueSource(strings = {"1x4x128x65x128", "1x12x768x500x32", "1x16x1024x300x32", "1x20x1280x300x32",
        "1x25x1600x300x32"})
    @EnabledIfSystemProperty(named = "chagres.oracle", matches = "all")
    void namedShapes(String shape) throws IOException {
        try (SyntheticFixture f = fixture(shape, 70)) {
            assertThat(agree(f.model(), ids(f.model(), 9, 1), 3)).isTrue();
        }
    }
}
