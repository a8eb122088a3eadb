package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.evaluate.Curve;
import dev.chagres.gpt2.evaluate.Estimate;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluationPlotTest {
    private static EvaluationReport report() {
        double[] loss = new double[100];
        Arrays.setAll(loss, i -> 2 + 1.0 / (i + 1));
        long[] counts = new long[loss.length];
        Arrays.fill(counts, 3);
        return new EvaluationReport(3, List.of(), 300, new Estimate(2, 0.1, 300), Optional.empty(), List.of(),
                List.of(), List.of(), List.of(), List.of(), List.of(), new Curve(counts, loss, loss, loss));
    }

    @Test
    void equalReportsGiveEqualBytes() throws IOException {
        byte[] svg = EvaluationPlot.svg(report());
        assertThat(EvaluationPlot.svg(report())).isEqualTo(svg);
        assertThat(new String(svg, StandardCharsets.UTF_8)).startsWith("<?xml").contains("<svg", "width=\"900\"")
                .doesNotContain("Generated", "NaN").doesNotContainPattern("\\d\\.\\d{3}").hasSizeLessThan(200_000);
    }
}
