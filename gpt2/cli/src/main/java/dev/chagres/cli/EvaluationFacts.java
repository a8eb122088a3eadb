package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.Comparison;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LastWords;
import dev.chagres.gpt2.evaluate.NormRange;
import dev.chagres.gpt2.evaluate.Suspicions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        to.put("clamps", r.clamps());
        to.put("stream", r.stream());
        to.put("norms", r.norms());
        to.put("matrices", r.matrices());
        to.put("errors", r.layers());
        to.put("warnings", warnings(r, text));
    }

    /// Everything suspicious, by layer.
    static List<String> warnings(EvaluationReport r, String text) {
        List<String> all = new ArrayList<>(Suspicions.ranges(r.clamps(), text));
        all.addAll(Suspicions.matrices(r.matrices()));
        return all;
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
