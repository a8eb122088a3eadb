package dev.chagres.bench.e2e;

import java.util.List;
import java.util.Locale;

/// What a proof of GPT-2 with 1024 rows should take on an NVIDIA H100 in a warm process, from counts of the work and the
/// rates of compiled kernels; made before any of it ran on a GPU. The phases are those of a
/// [dev.chagres.prove.profile.PhaseRecorder].
final class Predicted {
    private static final String SHAPE = "gpt2";
    private static final int ROWS = 1024;

    /// @param phase of a proof
    /// @param floor milliseconds at the least, by arithmetic, memory and round trips
    /// @param expected milliseconds
    private record Line(String phase, double floor, double expected) {}

    /// generate: prefill 7 and 40, single rows 1.3 and 15, the rest of the witness and its counts 5 and 30. prove: trees
    /// 16 and 60, their round trips 7 and 15, sumchecks of operations 6 and 30. The work of the host, 16 and 60, is in
    /// none of them.
    private static final List<Line> LINES = List.of(new Line("generate", 13.3, 85), new Line("commit", 4, 12),
            new Line("prove", 29, 105), new Line("open", 4, 20));

    private Predicted() {}

    /// Lines beside what was measured; empty for other shapes and lengths, and where no GPU was used.
    static String text(EndToEnd.Plan plan, RunFigures figures) {
        if (!plan.shape().equals(SHAPE) || figures.tokens() != ROWS || !figures.device().startsWith("cuda")) {
            return "";
        }
        StringBuilder text = new StringBuilder("      predicted for an H100: floor, expected, measured\n");
        for (Line line : LINES) {
            Double seconds = figures.phases().get(line.phase);
            text.append(String.format(Locale.ROOT, "      %-10s %7.1f ms %7.1f ms %s%n", line.phase, line.floor,
                    line.expected, seconds == null ? "" : String.format(Locale.ROOT, "%9.1f ms", 1e3 * seconds)));
        }
        return text.toString();
    }
}
