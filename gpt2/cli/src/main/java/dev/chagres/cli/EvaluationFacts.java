package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.Comparison;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LastWords;
import dev.chagres.gpt2.evaluate.NormRange;
import dev.chagres.gpt2.evaluate.OutsideDomain;
import dev.chagres.gpt2.evaluate.Suspicions;
import dev.chagres.gpt2.evaluate.WriteRange;
import dev.chagres.semantics.DomainException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// The figures of an evaluation under the keys of docs/cli.md.
public final class EvaluationFacts {
    private EvaluationFacts() {}

    /// Adds the figures of windows.
    ///
    /// @param text as messages name it
    public static void put(EvaluationReport r, String text, Map<String, Object> to) {
        Comparison c = r.comparison().orElse(null);
        to.put("windows", r.windows());
        to.put("windowsOutside", r.outside().size());
        to.put("outside", r.outside().stream().map(o -> outside(o, "start")).toList());
        to.put("predictions", r.predictions());
        to.put("integerPerplexity", r.integerPerplexity());
        to.put("integerLoss", r.integerLoss().mean());
        to.put("floatPerplexity", of(c, Comparison::floatPerplexity));
        to.put("floatLoss", of(c, x -> x.floatLoss().mean()));
        to.put("perplexityChange", of(c, x -> x.perplexityChange().mean()));
        to.put("perplexityChangeError", of(c, x -> x.perplexityChange().error()));
        to.put("meanDivergence", of(c, x -> x.divergence().mean()));
        to.put("meanDivergenceError", of(c, x -> x.divergence().error()));
        to.put("firstRowsDivergence", of(c, x -> x.firstDivergence().mean()));
        to.put("divergence999", of(c, Comparison::divergence999));
        to.put("largestDivergence", of(c, Comparison::largestDivergence));
        to.put("largestDivergenceAt", of(c, Comparison::largestAt));
        to.put("topOneAgreement", of(c, x -> x.topOne().mean()));
        to.put("topOneAgreementError", of(c, x -> x.topOne().error()));
        to.put("largestLogitDifference", of(c, Comparison::largestDifference));
        to.put("medianLogitDifference", of(c, Comparison::medianDifference));
        to.put("logitDifference99", of(c, Comparison::difference99));
        to.put("clampedQueryShare", r.clampedShare("query"));
        to.put("clampedKeyShare", r.clampedShare("key"));
        to.put("clampedValueShare", r.clampedShare("value"));
        to.put("clampedHiddenShare", r.clampedShare("hidden"));
        to.put("normRows", sum(r, NormRange::rows));
        to.put("exponentRows", sum(r, NormRange::exponentRows));
        to.put("epsilonRows", sum(r, NormRange::epsilonRows));
        to.put("streamHeadroom", r.headroom());
        to.put("largestWriteShare", r.nearestWrite().map(WriteRange::share).orElse(null));
        to.put("clamps", r.clamps());
        to.put("writes", r.writes().stream().map(EvaluationFacts::write).toList());
        to.put("stream", r.stream());
        to.put("norms", r.norms());
        to.put("matrices", r.matrices());
        to.put("errors", r.layers());
        to.put("warnings", warnings(r, text));
    }

    /// Everything suspicious, by layer.
    static List<String> warnings(EvaluationReport r, String text) {
        List<String> all = new ArrayList<>();
        if (!r.outside().isEmpty()) {
            all.add(r.outside().size() + " of " + (r.windows() + r.outside().size()) + " windows are outside the domain"
                    + " of the integer program: no figure counts them, and no proof of them can be made");
        }
        all.addAll(Suspicions.ranges(r.clamps(), text));
        all.addAll(Suspicions.writes(r.writes(), text));
        all.addAll(Suspicions.matrices(r.matrices()));
        return all;
    }

    /// What is outside, where, and by how much.
    ///
    /// @param start key of where the sequence begins
    private static Map<String, Object> outside(OutsideDomain o, String start) {
        Optional<DomainException.Excess> excess = o.cause().excess();
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("index", o.index());
        to.put(start, o.start());
        to.put("layer", o.layer());
        to.put("operation", o.cause().operation());
        to.put("position", o.cause().position());
        to.put("limit", excess.map(e -> e.limit().name().toLowerCase(Locale.ROOT)).orElse(null));
        to.put("value", excess.map(DomainException.Excess::value).orElse(null));
        to.put("lowest", excess.map(DomainException.Excess::lowest).orElse(null));
        to.put("highest", excess.map(DomainException.Excess::highest).orElse(null));
        to.put("cause", o.cause().what());
        return to;
    }

    private static Map<String, Object> write(WriteRange w) {
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("layer", w.layer());
        to.put("matrix", w.matrix());
        to.put("shift", w.shift());
        to.put("lowest", w.allowed().lo());
        to.put("highest", w.allowed().hi());
        to.put("whole", w.whole());
        to.put("firstLargest", w.firstLargest());
        to.put("largest", w.largest());
        return to;
    }

    private static Object of(Comparison c, Function<Comparison, Object> value) {
        return c == null ? null : value.apply(c);
    }

    private static long sum(EvaluationReport r, ToLongFunction<NormRange> value) {
        return r.norms().stream().mapToLong(value).sum();
    }

    /// Adds the figures of last words.
    static void put(LastWords.Report r, Map<String, Object> to) {
        LastWords.Reference f = r.reference().orElse(null);
        to.put("texts", r.texts());
        to.put("textsOutside", r.outside().size());
        to.put("outside", r.outside().stream().map(o -> outside(o, "line")).toList());
        to.put("integerLastToken", r.lastToken().mean());
        to.put("integerLastWord", r.lastWord().mean());
        to.put("floatLastToken", f == null ? null : f.lastToken().mean());
        to.put("floatLastWord", f == null ? null : f.lastWord().mean());
        to.put("lastTokenError", r.lastToken().error());
        to.put("lastWordError", r.lastWord().error());
        to.put("sameLastToken", f == null ? null : f.sameToken().mean());
        to.put("sameLastWord", f == null ? null : f.sameWord().mean());
    }
}
