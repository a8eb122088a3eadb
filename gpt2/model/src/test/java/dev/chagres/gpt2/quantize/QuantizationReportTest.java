package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.ModelFolder;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizationReportTest {
    private static final List<int[]> WINDOWS = List.of(new int[] {1, 2, 3, 4}, new int[] {4, 0, 2});
    private static final double UNIT = 0x1p-16;

    @TempDir
    Path folder;

    /// The float model, rounded to multiples of the unit, as the integer engine.
    @Test
    void aGoodModelHasNoWarnings() throws IOException {
        QuantizationReport report = compare(1, 1, WINDOWS);
        assertThat(report.topOneAgreement()).isEqualTo(1);
        assertThat(report.rows()).isEqualTo(7);
        assertThat(report.perplexityChange().orElseThrow()).isCloseTo(0, within(1e-4));
        assertThat(report.integerPerplexity().orElseThrow()).isCloseTo(report.floatPerplexity().orElseThrow(),
                within(1e-2));
        assertThat(report.warnings()).isEmpty();
        assertThat(report.calibratedOnRandomIds().warnings()).singleElement().asString()
                .startsWith("calibrated on random token ids");
    }

    @Test
    void anotherModelIsAWarning() throws IOException {
        QuantizationReport report = compare(1, -1, WINDOWS);
        assertThat(report.warnings()).singleElement().asString()
                .matches("the integer model prefers the float model's token in [0-9.]+ % of 7 rows only.*");
    }

    /// Logits of a million: no perplexity is a number, and their change is none either.
    @Test
    void perplexitiesThatOverflowAreEmpty() throws IOException {
        QuantizationReport report = compare(1e6f, 1, WINDOWS);
        assertThat(report.floatPerplexity()).isEmpty();
        assertThat(report.integerPerplexity()).isEmpty();
        assertThat(report.perplexityChange()).isEmpty();
        assertThat(report.warnings()).singleElement().asString().startsWith("the perplexity is too large for a number");
        assertThat(report.summary()).contains("unknown -> unknown").doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void oneTokenHasNoPerplexity() throws IOException {
        QuantizationReport report = compare(1, 1, List.of(new int[] {1}, new int[] {2}));
        assertThat(report.perplexityChange()).isEmpty();
        assertThat(report.warnings()).containsExactly("no perplexity: every window has one token");
    }

    @Test
    void nothingToCompareIsRefused() {
        for (List<int[]> windows : List.of(List.<int[]>of(), List.of(new int[0]))) {
            assertThatThrownBy(() -> compare(1, 1, windows))
                    .isInstanceOf(QuantizationException.class)
                    .hasMessageContaining("the least length of a text is 2 token ids");
        }
        assertThatThrownBy(() -> new QuantizationReport(1, 1, Double.NaN, OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(), false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new QuantizationReport(1, 1, 1, OptionalDouble.of(Double.POSITIVE_INFINITY),
                OptionalDouble.empty(), OptionalDouble.empty(), false)).isInstanceOf(IllegalArgumentException.class);
    }

    /// @param gain of the final norm
    /// @param factor of the integer logits
    private QuantizationReport compare(float gain, int factor, List<int[]> windows) throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("1x1x8x5x4"), 9);
        m.edit("ln_f.weight", t -> t.map(v -> v * gain));
        try (ModelWeights weights = ModelWeights.open(m.write(folder))) {
            FloatModel model = new FloatModel(weights);
            return QuantizationReport.compare(model, (ids, consumer) -> model.forward(ids, ActivationObserver.NONE, 0,
                    (position, logits) -> {
                        long[] integers = new long[logits.length];
                        for (int v = 0; v < integers.length; v++) {
                            integers[v] = factor * Math.round(logits[v] / UNIT);
                        }
                        consumer.accept(position, integers);
                    }), UNIT, windows);
        }
    }
}
