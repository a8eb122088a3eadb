package dev.chagres.bench.accuracy;

import dev.chagres.gpt2.evaluate.ClampedRange;
import dev.chagres.gpt2.evaluate.Comparison;
import dev.chagres.gpt2.evaluate.Estimate;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LayerError;
import dev.chagres.gpt2.evaluate.ModelMatrices;
import java.util.Locale;
import java.util.stream.Collectors;

/// The figures of models as tables in Markdown.
public final class AccuracyTable {
    private final StringBuilder models = new StringBuilder("""
            | model | profile | calibrated on | evaluated on | predictions | \
            perplexity, float and integer | change, % | \
            KL, 1e-4 nats | KL, 99.9 %, 1e-4 | top-1, % | logit difference, median and 99 % |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """);
    private final StringBuilder layers = new StringBuilder();

    /// Adds the rows of a model; standard errors stand in brackets.
    public void add(AccuracyCase c, EvaluationReport r) {
        Comparison x = r.comparison().orElseThrow();
        models.append(String.format(Locale.ROOT,
                "| %s | %s | %s | %s | %s | %.4f, %.4f | %s | %s | %.0f | %s | %.2g, %.2g |%n", c.name(), c.profile(),
                c.calibration().stream().map(TextPart::toString).collect(Collectors.joining("; ")), c.evaluation(),
                predictions(r), x.floatPerplexity(), r.integerPerplexity(),
                shown("%+.3f (%.3f)", x.perplexityChange(), 100),
                shown("%.2f (%.2f)", x.divergence(), 1e4), 1e4 * x.divergence999(),
                shown("%.2f (%.2f)", x.topOne(), 100), x.medianDifference(), x.difference99()));
        layers.append("\n").append(c.name()).append(", relative errors in %, first rows in brackets; values cut, of a"
                + " million; rms of the integers of matrices that write:\n\n| layer | attention | stream after it | MLP"
                + " | stream after it | q, k, v, hidden cut | output, down |\n"
                + "| --- | --- | --- | --- | --- | --- | --- |\n");
        int count = r.layers().stream().mapToInt(LayerError::layer).max().orElse(-1);
        for (int l = 0; l <= count; l++) {
            layers.append(String.format(Locale.ROOT, "| %d | %s | %s | %s | %s | %s | %s |%n", l,
                    error(r, l, "attention"), error(r, l, "streamAfterAttention"), error(r, l, "mlp"),
                    error(r, l, "streamAfterMlp"), cut(r, l), writers(r, l)));
        }
    }

    /// Also says what is missing from all figures.
    private static String predictions(EvaluationReport r) {
        return r.outside().isEmpty() ? String.valueOf(r.predictions()) : r.predictions() + ", without "
                + r.outside().size() + " windows outside the domain";
    }

    private static String shown(String format, Estimate e, double factor) {
        return String.format(Locale.ROOT, format, factor * e.mean(), factor * e.error());
    }

    private static String error(EvaluationReport r, int layer, String place) {
        return r.layers().stream().filter(e -> e.layer() == layer && e.place().equals(place)).findFirst()
                .map(e -> String.format(Locale.ROOT, "%.2f (%.2f)", 100 * e.others().mean(), 100 * e.first().mean()))
                .orElse("-");
    }

    private static String cut(EvaluationReport r, int layer) {
        StringBuilder all = new StringBuilder();
        for (ClampedRange c : r.clamps()) {
            if (c.layer() == layer) {
                all.append(all.isEmpty() ? "" : ", ").append(perMillion(c));
            }
        }
        return all.toString();
    }

    private static String perMillion(ClampedRange c) {
        long cut = c.cut() + c.firstCut();
        return cut == 0 ? "0" : String.format(Locale.ROOT, "%.3g", 1e6 * cut / (c.of() + c.firstOf()));
    }

    private static String writers(EvaluationReport r, int layer) {
        StringBuilder all = new StringBuilder();
        for (ModelMatrices.Scale s : r.matrices()) {
            if (s.layer() == layer && s.writes()) {
                all.append(all.isEmpty() ? "" : ", ").append(String.format(Locale.ROOT, "%.0f", s.rms()));
            }
        }
        return all.toString();
    }

    @Override
    public String toString() {
        return models.toString() + layers;
    }
}
