package dev.chagres.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictedTest {
    private static String text(String shape, int tokens, String device) {
        EndToEnd.Plan plan = new EndToEnd.Plan(shape, 1, List.of(tokens), 0, 1, 1, List.of(), List.of(), "384m",
                List.of("auto"), false);
        return Predicted.text(plan, new RunFigures("scalar", device, "", true, tokens, 16, 0, 0, 0, 0, 0,
                Map.of("commit", 0.5), Map.of()));
    }

    @Test
    void phasesStandBesideWhatWasMeasured() {
        assertThat(text("gpt2", 1024, "cuda:0 NVIDIA H100 sm_90").lines()).hasSize(5)
                .anySatisfy(line -> assertThat(line).contains("commit", "4.0 ms", "12.0 ms", "500.0 ms"));
    }

    @Test
    void thereIsNothingForOtherShapesLengthsAndDevices() {
        assertThat(text("tiny", 1024, "cuda:0 NVIDIA H100 sm_90")).isEmpty();
        assertThat(text("gpt2", 64, "cuda:0 NVIDIA H100 sm_90")).isEmpty();
        assertThat(text("gpt2", 1024, "emulated")).isEmpty();
    }
}
