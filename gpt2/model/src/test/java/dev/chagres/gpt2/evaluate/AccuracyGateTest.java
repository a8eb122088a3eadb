package dev.chagres.gpt2.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.TestEngines;
import dev.chagres.prove.profile.Progress;
import org.junit.jupiter.api.Test;

/// What quantisation may cost on the bundled models, on windows of a text that neither training nor calibration has
/// seen.
class AccuracyGateTest {
    /// Windows of the context, spread over the validation text: 6,096 predictions.
    private static final int WINDOWS = 48;

    /// A tenth of a percent of perplexity is what nobody can see; half of it is the goal.
    private static final double PERPLEXITY = 0.0005;

    @Test
    void charGpt2() {
        try (BundledEvaluation bundled = new BundledEvaluation();
                Evaluation evaluation = new Evaluation(TestEngines.of(2), bundled.model())) {
            EvaluationReport report = evaluation.reference(bundled.reference()).layers()
                    .run(bundled.windows(WINDOWS), Progress.NONE);
            gate(report, 4e-4, 0.985);
        }
    }

    /// @param divergence most KL, nats a token
    /// @param topOne least share of equal choices
    private static void gate(EvaluationReport report, double divergence, double topOne) {
        Comparison c = report.comparison().orElseThrow();
        Estimate change = c.perplexityChange();
        LayerError worst = report.worst().orElseThrow();
        String found = "KL " + c.divergence() + ", perplexity " + change + ", top-1 " + c.topOne()
                + "; the error of the stream grew most at " + worst.place() + " of layer " + worst.layer() + ", to "
                + worst.others().mean() + "; all errors: " + report.layers();
        assertThat(c.divergence().mean()).as(found).isLessThanOrEqualTo(divergence);
        assertThat(Math.abs(change.mean())).as(found).isLessThanOrEqualTo(PERPLEXITY + 3 * change.error());
        assertThat(c.topOne().mean()).as(found).isGreaterThanOrEqualTo(topOne);
        // Otherwise there is nothing to tell a missed gate by.
        assertThat(report.layers()).allSatisfy(e -> assertThat(e.others().mean()).as(found).isBetween(1e-6, 0.1));
    }
}
