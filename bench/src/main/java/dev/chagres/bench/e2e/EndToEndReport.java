package dev.chagres.bench.e2e;

import dev.chagres.bench.measure.Environment;
import dev.chagres.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Figures of several runs, as JSON and as a table.
public final class EndToEndReport {
    private record Run(RunFigures figures, double verifyColdSeconds) {}

    private final Environment environment;
    private final EndToEnd.Plan plan;
    private final double setupSeconds;
    private final List<Run> runs = new ArrayList<>();

    EndToEndReport(Environment environment, EndToEnd.Plan plan, double setupSeconds) {
        this.environment = environment;
        this.plan = plan;
        this.setupSeconds = setupSeconds;
    }

    void add(RunFigures figures, double verifyColdSeconds) {
        runs.add(new Run(figures, verifyColdSeconds));
    }

    /// Whether every proof was accepted.
    public boolean accepted() {
        return runs.stream().allMatch(r -> r.figures.accepted());
    }

    /// Whether proofs of the same sequence have the same bytes; all runs of one length have the same prompt.
    public boolean sameBytes() {
        return runs.stream().map(r -> r.figures.tokens() + " " + r.figures.digest()).distinct().count()
                == runs.stream().mapToInt(r -> r.figures.tokens()).distinct().count();
    }

    public Map<String, Object> toJson() {
        Map<String, Object> facts = environment.toJson();
        facts.put("shape", plan.shape());
        facts.put("seed", plan.seed());
        facts.put("threads", plan.threads());
        facts.put("memory", String.join(" ", plan.memory()));
        facts.put("freshProcesses", plan.fresh());
        facts.put("proveHeap", plan.fresh() ? plan.heap() : null);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("environment", facts);
        json.put("sameBytes", sameBytes());
        json.put("runs", runs.stream().map(this::toJson).toList());
        return json;
    }

    private Map<String, Object> toJson(Run run) {
        RunFigures f = run.figures;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kernels", f.kernels());
        json.put("device", f.device());
        json.put("digest", f.digest());
        json.put("tokens", f.tokens());
        json.put("generatedTokens", f.generatedTokens());
        json.put("accepted", f.accepted());
        json.put("setupSeconds", setupSeconds);
        json.put("inferenceSeconds", f.inferenceSeconds());
        json.put("proveSeconds", f.proveSeconds());
        json.put("verifySeconds", f.verifySeconds());
        json.put("verifyColdSeconds", run.verifyColdSeconds);
        json.put("proofBytes", f.proofBytes());
        json.put("peakRssBytes", f.peakRssBytes());
        json.put("phases", f.phases());
        json.put("deviceUse", f.deviceUse());
        return json;
    }

    /// The table, the phases of each run and the environment.
    public String toText() {
        TextTable table = new TextTable(0, "tokens", "kernels", "inference", "prove", "tokens/s", "verify", "verify cold",
                "proof bytes", "peak MiB", "");
        for (Run run : runs) {
            RunFigures f = run.figures;
            table.row(String.valueOf(f.tokens()), f.kernels(), seconds(f.inferenceSeconds()), seconds(f.proveSeconds()),
                    String.format(Locale.ROOT, "%.1f", f.tokens() / f.proveSeconds()),
                    String.format(Locale.ROOT, "%.3f s", f.verifySeconds()), seconds(run.verifyColdSeconds),
                    String.valueOf(f.proofBytes()), String.valueOf(f.peakRssBytes() >> 20),
                    f.accepted() ? "accepted" : "REJECTED");
        }
        StringBuilder text = new StringBuilder(table.toString()).append('\n');
        for (Run run : runs) {
            text.append(String.format(Locale.ROOT, "%4d tokens, %s:", run.figures.tokens(), run.figures.kernels()));
            run.figures.phases().forEach((name, s) -> text.append(String.format(Locale.ROOT, " %s %.2f s,", name, s)));
            text.setCharAt(text.length() - 1, '\n');
            run.figures.deviceUse().forEach((name, u) -> text.append(String.format(Locale.ROOT,
                    "      %s: %d launches, %d copies, %.1f MiB in, %.1f MiB out, %d waits of %.2f s, peak %.1f MiB%n",
                    name, u.launches(), u.copies(), u.bytesIn() / 0x1p20, u.bytesOut() / 0x1p20, u.waits(),
                    u.waitSeconds(), u.peakBytes() / 0x1p20)));
            text.append(Predicted.text(plan, run.figures));
        }
        text.append(sameBytes() ? "" : "\nproofs of one sequence DIFFER\n");
        return text.append(String.format(Locale.ROOT, "\nmodel    %s, seed %d, set up in %.1f s; %d threads, %s%n",
                plan.shape(), plan.seed(), setupSeconds, plan.threads(),
                (plan.memory().isEmpty() ? "" : String.join(" ", plan.memory()) + ", ")
                        + String.join(" ", plan.device()) + ", " + (plan.fresh()
                        ? "a fresh process with -Xmx" + plan.heap() + " for every run" : "all runs in one process")))
                .append(environment.toText()).toString();
    }

    private static String seconds(double s) {
        return String.format(Locale.ROOT, "%.2f s", s);
    }
}
