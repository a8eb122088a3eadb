package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.ClampedRange;
import dev.chagres.gpt2.evaluate.Comparison;
import dev.chagres.gpt2.evaluate.Estimate;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LastWords;
import dev.chagres.gpt2.evaluate.LayerError;
import dev.chagres.gpt2.evaluate.NormRange;
import dev.chagres.gpt2.evaluate.OutsideDomain;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// The figures of an evaluation for people.
final class EvaluationLines {
    /// Sequences outside the domain that have a line each.
    private static final int MOST_OUTSIDE = 10;

    private final List<String> lines = new ArrayList<>();

    private EvaluationLines() {}

    /// Lines about windows.
    static List<String> of(EvaluationReport r, Path model, Path text, int context, int stride) {
        EvaluationLines to = new EvaluationLines();
        to.add("%s on %s: %s windows of %d tokens every %d, %d predictions", model, text,
                measured(r.windows(), r.outside()), context, stride, r.predictions());
        to.outside(r.outside(), "window %d, at token %d");
        if (r.comparison().isPresent()) {
            to.comparison(r.comparison().get(), r);
        } else {
            to.fact("perplexity", "%.4f (%.5f nats, standard error %.5f); no float model to compare with",
                    r.integerPerplexity(), r.integerLoss().mean(), r.integerLoss().error());
        }
        to.fact("cut by clamps", "query %s, key %s, value %s, hidden %s", percent(r.clampedShare("query")),
                percent(r.clampedShare("key")), percent(r.clampedShare("value")), percent(r.clampedShare("hidden")));
        to.fact("norms", "exponent above 0 in %d of %d rows, epsilon's floor acts in %d",
                r.norms().stream().mapToLong(NormRange::exponentRows).sum(),
                r.norms().stream().mapToLong(NormRange::rows).sum(),
                r.norms().stream().mapToLong(NormRange::epsilonRows).sum());
        to.fact("stream", "its largest value fits its domain %.1f times", r.headroom());
        to.fact("wide writes", "%s", r.nearestWrite().map(w -> String.format(Locale.ROOT,
                "the largest addition is %.2g %% of what the model allows, %s of layer %d", 100 * w.share(), w.matrix(),
                w.layer())).orElse("none"));
        to.layers(r);
        EvaluationFacts.warnings(r, text.toString()).forEach(w -> to.add("%s", "warning: " + w));
        return to.lines;
    }

    /// How many sequences the figures are of.
    private static String measured(int count, List<OutsideDomain> outside) {
        return outside.isEmpty() ? String.valueOf(count) : count + " of " + (count + outside.size());
    }

    /// A line for each sequence without figures, as far as they are few.
    ///
    /// @param name of its number and its beginning
    private void outside(List<OutsideDomain> outside, String name) {
        for (OutsideDomain o : outside.subList(0, Math.min(outside.size(), MOST_OUTSIDE))) {
            fact("outside", name + ": %s", o.index(), o.start(), o.cause().getMessage());
        }
        if (outside.size() > MOST_OUTSIDE) {
            fact("outside", "%d more, which --json lists", outside.size() - MOST_OUTSIDE);
        }
    }

    private void comparison(Comparison c, EvaluationReport r) {
        Estimate change = c.perplexityChange();
        fact("perplexity", "%.4f -> %.4f, %+.3f %% (standard error %.3f)", c.floatPerplexity(),
                r.integerPerplexity(), 100 * change.mean(), 100 * change.error());
        fact("KL(float||integer)", "%.2e nats (standard error %.1e); 99.9 %% below %.1e, largest %.1e at token %d",
                c.divergence().mean(), c.divergence().error(), c.divergence999(), c.largestDivergence(),
                c.largestAt());
        fact("top-1 agreement", "%.2f %% (standard error %.2f)", 100 * c.topOne().mean(), 100 * c.topOne().error());
        fact("logit differences", "median %.2g, 99 %% below %.2g, largest %.2g", c.medianDifference(),
                c.difference99(), c.largestDifference());
    }

    /// A line for each layer: first rows apart from the others, which they would hide.
    private void layers(EvaluationReport r) {
        if (r.layers().isEmpty()) {
            return;
        }
        add("%s", "relative errors of other rows (first rows), the share of values that are cut, and the largest"
                + " additions of wide writes in what the model allows:");
        add("%-10s %-17s %-17s %-17s %-17s %-21s %s", "layer", "attention", "stream after it", "MLP", "stream after it",
                "q, k, v, hidden cut", "output, down");
        int layers = r.layers().stream().mapToInt(LayerError::layer).max().orElse(-1);
        add("%-10s %s", "embedding", error(r, -1, "embedding"));
        for (int l = 0; l <= layers; l++) {
            add("%-10d %-17s %-17s %-17s %-17s %-21s %s", l, error(r, l, "attention"),
                    error(r, l, "streamAfterAttention"), error(r, l, "mlp"), error(r, l, "streamAfterMlp"), cut(r, l),
                    added(r, l, "output") + ", " + added(r, l, "down"));
        }
    }

    private static String error(EvaluationReport r, int layer, String place) {
        Optional<LayerError> found = r.layers().stream()
                .filter(e -> e.layer() == layer && e.place().equals(place)).findFirst();
        return found.map(e -> percent(e.others().mean()) + " (" + percent(e.first().mean()) + ")").orElse("-");
    }

    private static String cut(EvaluationReport r, int layer) {
        return r.clamps().stream().filter(c -> c.layer() == layer)
                .map(c -> percent(total(c))).collect(Collectors.joining(", "));
    }

    /// A share of a table; narrow writes have none.
    private static String added(EvaluationReport r, int layer, String matrix) {
        return r.writes().stream().filter(w -> w.layer() == layer && w.matrix().equals(matrix)).findFirst()
                .map(w -> percent(w.share())).orElse("-");
    }

    private static double total(ClampedRange c) {
        return (double) (c.cut() + c.firstCut()) / (c.of() + c.firstOf());
    }

    /// Lines about last words.
    static List<String> of(LastWords.Report r, Path model, Path text) {
        EvaluationLines to = new EvaluationLines();
        to.add("%s on %s: %s texts", model, text, measured(r.texts(), r.outside()));
        to.outside(r.outside(), "text %d, of line %d");
        to.fact("last token", "%s", guesses(r.lastToken(), r.reference().map(LastWords.Reference::lastToken),
                r.reference().map(LastWords.Reference::sameToken)));
        to.fact("last word", "%s", guesses(r.lastWord(), r.reference().map(LastWords.Reference::lastWord),
                r.reference().map(LastWords.Reference::sameWord)));
        return to.lines;
    }

    private static String guesses(Estimate integer, Optional<Estimate> floating, Optional<Estimate> same) {
        String right = String.format(Locale.ROOT, "%.2f %% right (standard error %.2f)", 100 * integer.mean(),
                100 * integer.error());
        return right + floating.map(f -> String.format(Locale.ROOT, ", float model %.2f %%, alike in %.2f %%",
                100 * f.mean(), 100 * same.orElseThrow().mean())).orElse("");
    }

    private static String percent(double share) {
        return share == 0 ? "0" : Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2g %%", 100 * share);
    }

    private void fact(String name, String format, Object... values) {
        lines.add(String.format(Locale.ROOT, "%-20s ", name) + String.format(Locale.ROOT, format, values));
    }

    private void add(String format, Object... values) {
        lines.add(String.format(Locale.ROOT, format, values));
    }
}
