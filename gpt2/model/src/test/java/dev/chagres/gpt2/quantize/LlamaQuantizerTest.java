package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.semantics.Interval;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What quantisation costs models of RMS norms, rotated and shared heads, and gated MLPs.
class LlamaQuantizerTest {
    /// What no table for calibrated writes can hold.
    private static final double UNBOUNDED = 1e9;

    private static final long SEED = 31;
    private static final String FOLDER = "models/tinyshakespeare-llama-char";

    @TempDir
    Path folder;

    /// Calibrated on the training part of the text, measured on the last tenth.
    @ParameterizedTest
    @CsvSource({"'', standard, 1.5e-4", "'', high, 7e-5", "/model-q8_0.gguf, standard, 1.5e-4"})
    void tinyShakespeare(String file, String accuracy, double divergence) throws IOException {
        Path path = TestData.path(FOLDER + file);
        String text = Files.readString(TestData.path("eval/tinyshakespeare/input.txt"));
        try (ModelWeights weights = ModelWeights.open(path);
                Arena arena = Arena.ofShared()) {
            Tokenizer tokenizer = Tokenizers.ofFolder(TestData.path(FOLDER), weights.architecture().vocabulary())
                    .info().tokenizer().orElseThrow();
            int split = text.length() * 9 / 10;
            IntegerModel model = quantise(weights, arena, accuracy.equals("high")
                    ? QuantizerOptions.high(weights.architecture()) : QuantizerOptions.standard(weights.architecture()),
                    windows(tokenizer.encode(text.substring(0, split)), 12, 128));
            QuantizationReport report = QuantizationReport.compare(new FloatModel(weights), model,
                    windows(tokenizer.encode(text.substring(split)), 6, 128));
            assertThat(report.meanDivergence().orElseThrow()).as(report.summary()).isLessThan(divergence);
            assertThat(report.topOneAgreement()).as(report.summary()).isGreaterThan(0.98);
            assertThat(report.perplexityChange().orElseThrow()).as(report.summary()).isLessThan(0.002);
        }
    }

    /// Untrained models of odd shapes: key heads shared by 1, 3 and 7 queries, pairs of one and of few channels.
    @ParameterizedTest
    @CsvSource({"2x4x64x90x64, 2", "1x6x36x50x40, 2", "2x7x42x33x20, 1", "1x2x4x20x200, 2", "1x1x2x3x2, 1"})
    void syntheticModelsAgreeWithTheFloatModel(String shape, int keyHeads) throws IOException {
        Architecture architecture = SyntheticModel.llama(shape, OptionalInt.of(keyHeads), OptionalInt.empty());
        try (ModelWeights weights = written(architecture); Arena arena = Arena.ofShared()) {
            IntegerModel model = quantise(weights, arena, QuantizerOptions.standard(architecture),
                    Quantizer.randomCalibration(architecture, SEED));
            int[] ids = new Random(SEED).ints(architecture.context(), 0, architecture.vocabulary()).toArray();
            QuantizationReport report =
                    QuantizationReport.compare(new FloatModel(weights), model, List.of(ids));
            assertThat(report.meanDivergence().orElseThrow()).as("seed %d: %s", SEED, report.summary())
                    .isLessThan(2e-3);
            for (IntegerLayer layer : model.layers()) {
                assertThat(layer.mlp()).isInstanceOf(IntegerMlp.Gated.class);
                assertThat(layer.mlp().range().hi()).isLessThanOrEqualTo(GatedUnits.MAX_ACTIVATION);
            }
            assertThat(model.reach()).isGreaterThanOrEqualTo(model.softmax().support());
        }
    }

    /// The float stream has a mean, and the integer one keeps it.
    @Test
    void theStreamIsNotCentred() throws IOException {
        Architecture architecture = SyntheticModel.llama("1x2x16x20x32", OptionalInt.of(1), OptionalInt.empty());
        try (ModelWeights weights = written(architecture)) {
            StreamBasis stream = Calibration.run(weights, QuantizerOptions.standard(architecture), 15,
                    Quantizer.randomCalibration(architecture, SEED)).stream();
            double[] row = new double[16];
            Arrays.fill(row, 3);
            stream.apply(row, 0, 16);
            assertThat(Arrays.stream(row).map(v -> v * v).sum()).isCloseTo(144, within(1e-9));
        }
    }

    /// A key of a shorter context has no row of a table more than it needs.
    @Test
    void aShorterContextIsAsked() throws IOException {
        Architecture architecture = SyntheticModel.llama("1x2x16x20x64", OptionalInt.of(1), OptionalInt.empty());
        try (ModelWeights weights = written(architecture); Arena arena = Arena.ofShared()) {
            List<int[]> samples = List.of(new int[] {1, 2, 3, 4}, new int[] {5, 6});
            IntegerModel model = quantise(weights, arena,
                    QuantizerOptions.standard(architecture).withContext(24), samples);
            assertThat(model.shape().context()).isEqualTo(24);
            assertThat(model.rotation().orElseThrow().cos().byteSize()).isEqualTo(24 * 4 * 2);
            QuantizerOptions longer = QuantizerOptions.standard(architecture).withContext(65);
            assertThatThrownBy(() -> quantise(weights, arena, longer, samples))
                    .isInstanceOf(QuantizationException.class).hasMessageContaining("a context of 65");
        }
    }

    /// Cosines are as fine as their accumulator allows, and hold what they must.
    @ParameterizedTest
    @ValueSource(doubles = {1, 100, 6000, 1e5, 2e5})
    void rotationsFitTheirAccumulator(double reach) {
        for (int x : new int[] {0, 3, 4}) {
            RotationPlan plan = RotationPlan.of(reach, x);
            long most = (1L << plan.bits() - 1) - 1;
            assertThat((double) most).isGreaterThan(reach * (1 << plan.fractionBits()));
            double rotated = Math.sqrt(2) * (1L << plan.bits() - 1) * ((1L << plan.scaleBits()) + 1);
            int shift = plan.scaleBits() + plan.fractionBits();
            assertThat(rotated).isLessThan((1L << 30) - (9L << shift));
            assertThat(plan.bits() + plan.maxShift()).isEqualTo(30);
        }
        assertThatThrownBy(() -> RotationPlan.of(1e9, 3)).isInstanceOf(QuantizationException.class);
    }

    /// Coarse writes get one of few larger shifts, fine ones none.
    @Test
    void writesShareFewLargerShifts() {
        WriterMatrix.Grid[][] grids = new WriterMatrix.Grid[9][];
        for (int l = 0; l < grids.length; l++) {
            // Weights of 300 on the finest grid, which is l bits or l + 5 bits finer than the stream's unit.
            grids[l] = new WriterMatrix.Grid[] {
                new WriterMatrix.Grid(10 + l, Math.scalb(300.0, -10 - l), UNBOUNDED),
                new WriterMatrix.Grid(15 + l, Math.scalb(300.0, -15 - l), UNBOUNDED)
            };
        }
        WriteShifts writes = WriteShifts.of(grids, 10, 10);
        int[] used = Arrays.stream(writes.shifts()).flatMapToInt(Arrays::stream).filter(s -> s > 3).distinct()
                .toArray();
        assertThat(used).hasSizeBetween(1, 4);
        assertThat(Arrays.stream(used).allMatch(s -> s >= 7 && s <= 12)).as("%s", Arrays.toString(used)).isTrue();
        for (int l = 0; l < grids.length; l++) {
            assertThat(writes.shifts()[l][0]).isLessThanOrEqualTo(l);
            assertThat(writes.shifts()[l][1]).isLessThanOrEqualTo(5 + l);
        }
        // A write whose grid is 5 bits finer than the unit has no shift; a coarser unit makes it 7.
        WriterMatrix.Grid between = new WriterMatrix.Grid(15, Math.scalb(300.0, -15), UNBOUNDED);
        WriterMatrix.Grid[][] two = {{between, between}};
        assertThat(WriteShifts.of(two, 10, 10).shifts()[0]).containsExactly(3, 3);
        assertThat(WriteShifts.of(two, 6, 10).fractionBits()).isEqualTo(8);
        assertThat(WriteShifts.of(two, 6, 10).shifts()[0]).containsExactly(7, 7);
        // Weights of 100 at a shift of 3 are fine enough without a table.
        WriterMatrix.Grid fine = new WriterMatrix.Grid(20, Math.scalb(100.0, -13), UNBOUNDED);
        assertThat(WriteShifts.of(new WriterMatrix.Grid[][] {{fine, fine}}, 10, 10).shifts()[0]).containsExactly(3, 3);
    }

    /// A table holds eight times what calibration saw a write add, rounded to a power of two, so that smaller shifts have
    /// one, too; what adds more than a table can hold keeps a narrow shift.
    @Test
    void tablesOfWritesAreAsLongAsCalibrationAsksFor() {
        double weight = Math.scalb(300.0, -15);
        WriterMatrix.Grid ordinary = new WriterMatrix.Grid(15, weight, 4);
        WriteShifts writes = WriteShifts.of(new WriterMatrix.Grid[][] {{ordinary, ordinary}}, 10, 10);
        assertThat(writes.shifts()[0]).containsExactly(5, 5);
        // 8 4 2^10 = 2^15, which is not below 2^15.
        assertThat(writes.quotients()[5]).isEqualTo(new Interval(-1 << 16, (1 << 16) - 1));
        assertThat(writes.quotients()[3]).isNull();
        WriterMatrix.Grid massive = new WriterMatrix.Grid(15, weight, 4000);
        WriteShifts mixed = WriteShifts.of(new WriterMatrix.Grid[][] {{ordinary, massive}, {ordinary, massive}}, 10, 10);
        assertThat(mixed.shifts()).isDeepEqualTo(new int[][] {{5, 3}, {5, 3}});
    }

    private ModelWeights written(Architecture architecture) throws IOException {
        SyntheticModel.write(folder, architecture, SEED);
        return ModelWeights.open(folder);
    }

    private static IntegerModel quantise(ModelWeights weights, Arena arena, QuantizerOptions options,
            List<int[]> calibration) {
        return new Quantizer(weights, options, _ -> { }).quantise(arena, "model", TokenizerInfo.NONE, calibration);
    }

    private static List<int[]> windows(int[] ids, int count, int length) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(ids, i * (ids.length / count), i * (ids.length / count) + length))
                .toList());
    }
}
