package dev.chagres.bench.cluster;

import dev.chagres.bench.measure.Environment;
import dev.chagres.cli.TextTable;
import dev.chagres.cli.TrafficFacts;
import dev.chagres.prove.remote.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Figures of batches and single proofs on several numbers of executors, as JSON and as a table, and what they say.
public final class ClusterReport {
    /// A machine whose cores are wanted by more than this share of other work is busy.
    private static final double BUSY = 0.25;

    private final ClusterBench.Plan plan;
    private final Environment environment;
    private final double load;
    private final List<BatchFigures> batches = new ArrayList<>();
    private final List<ProofFigures> proofs = new ArrayList<>();

    /// @param load processes that wanted a core before anything was measured, negative where the system does not tell
    ClusterReport(ClusterBench.Plan plan, Environment environment, double load) {
        this.plan = plan;
        this.environment = environment;
        this.load = load;
    }

    void add(BatchFigures figures) {
        batches.add(figures);
    }

    void add(ProofFigures figures) {
        proofs.add(figures);
    }

    /// Whether every line, and the one sequence, has the same proof on all numbers of executors.
    public boolean sameBytes() {
        return batches.stream().map(BatchFigures::digests).distinct().count() <= 1
                && proofs.stream().flatMap(p -> p.digests().stream()).distinct().count() <= 1;
    }

    /// Times as fast as the first batch.
    private double speedUp(BatchFigures b) {
        return batches.getFirst().batchSeconds() / b.batchSeconds();
    }

    /// Times as fast as this process alone.
    private double speedUp(ProofFigures p) {
        return proofs.getFirst().warmSeconds() / p.warmSeconds();
    }

    public Map<String, Object> toJson() {
        Map<String, Object> facts = environment.toJson();
        facts.put("provingKey", plan.provingKey().toString());
        facts.put("tokens", plan.tokens());
        facts.put("generatedTokens", plan.generate());
        facts.put("coresOfAnExecutor", plan.cores());
        facts.put("loadBefore", load < 0 ? null : load);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("environment", facts);
        json.put("sameBytes", sameBytes());
        json.put("conclusive", conclusive());
        json.put("batches", batches.stream().map(this::toJson).toList());
        json.put("proofs", proofs.stream().map(this::toJson).toList());
        return json;
    }

    private Map<String, Object> toJson(ProofFigures p) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("executors", p.executors());
        json.put("pinned", p.pinned());
        json.put("coldSeconds", p.coldSeconds());
        json.put("warmSeconds", p.warmSeconds());
        json.put("speedUp", speedUp(p));
        json.put("downBytes", p.downBytes());
        json.put("upBytes", p.upBytes());
        json.put("traffic", TrafficFacts.maps(p.traffic()));
        return json;
    }

    private Map<String, Object> toJson(BatchFigures b) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("executors", b.executors());
        json.put("pinned", b.pinned());
        json.put("lines", b.lines());
        json.put("startSeconds", b.startSeconds());
        json.put("batchSeconds", b.batchSeconds());
        json.put("speedUp", speedUp(b));
        json.put("linesPerMinute", 60 * b.lines() / b.batchSeconds());
        json.put("coldLineSeconds", b.coldSeconds());
        json.put("warmLineSeconds", b.warmSeconds());
        json.put("downBytes", b.downBytes());
        json.put("upBytes", b.upBytes());
        return json;
    }

    private boolean pinned() {
        return batches.stream().allMatch(BatchFigures::pinned)
                && proofs.stream().allMatch(p -> p.executors() == 0 || p.pinned());
    }

    private boolean busy() {
        return load > BUSY * environment.cores();
    }

    /// Whether every executor had its cores to itself, so that the times say something about more machines.
    private boolean conclusive() {
        return pinned() && !busy();
    }

    /// The table, what it says and what not, and the environment.
    public String toText() {
        TextTable table = new TextTable(0, "executors", "start", "batch", "speed-up", "lines/min", "cold line",
                "warm line", "down a line", "up a line");
        for (BatchFigures b : batches) {
            table.row(String.valueOf(b.executors()), seconds(b.startSeconds()), seconds(b.batchSeconds()),
                    number("%.2f x", speedUp(b)), number("%.2f", 60 * b.lines() / b.batchSeconds()),
                    seconds(b.coldSeconds()), b.lines() > b.executors() ? seconds(b.warmSeconds()) : "-",
                    number("%.0f B", (double) b.downBytes() / b.lines()),
                    number("%.1f KB", b.upBytes() / 1e3 / b.lines()));
        }
        String of = String.format(Locale.ROOT, "\nkey      %s, %d lines of %d tokens, %d generated; %d cores an executor%n",
                plan.provingKey(), plan.lines(), plan.tokens(), plan.generate(), plan.cores());
        return table + "\n" + (proofs.isEmpty() ? "" : proofTable() + "\n" + trafficTable() + "\n")
                + (sameBytes() ? "" : "proofs of one sequence DIFFER\n") + conclusion() + of + environment.toText();
    }

    private TextTable proofTable() {
        TextTable table = new TextTable(1, "one proof", "cold", "warm", "speed-up", "down", "up");
        for (ProofFigures p : proofs) {
            table.row(p.executors() == 0 ? "this process" : p.executors() + (p.executors() == 1 ? " executor"
                    : " executors"), seconds(p.coldSeconds()), seconds(p.warmSeconds()), number("%.2f x", speedUp(p)),
                    megabytes(p.downBytes()), megabytes(p.upBytes()));
        }
        return table;
    }

    /// What one proof moves, by kind of job: a row for each kind and number of executors.
    private TextTable trafficTable() {
        TextTable table = new TextTable(1, "kind of job", "executors", "calls", "down", "up");
        List<String> kinds = proofs.stream().flatMap(p -> p.traffic().stream()).map(Traffic.Kind::name).distinct()
                .toList();
        for (String kind : kinds) {
            for (ProofFigures p : proofs) {
                p.traffic().stream().filter(k -> k.name().equals(kind)).forEach(k -> table.row(kind,
                        String.valueOf(p.executors()), String.valueOf(k.calls()), megabytes(k.down()),
                        megabytes(k.up())));
            }
        }
        return table;
    }

    private static String megabytes(long bytes) {
        return number("%.3f MB", bytes / 1e6);
    }

    private String conclusion() {
        int most = batches.stream().mapToInt(BatchFigures::executors).max().orElse(0);
        String mean = "start is the cluster's own; down and up are bytes of tasks and answers, as encoded\n";
        String cores = pinned() ? "every executor had cores of its own (taskset), " + plan.cores() + " each\n"
                : "up to " + most + " executors of " + plan.cores() + " cores share " + environment.cores()
                        + " cores: the times show what spreading costs on one machine, not what more machines give;"
                        + " bytes hold\n";
        return mean + cores + (busy() ? number("other work wanted %.1f cores before the first batch: times are not to be"
                + " relied on; bytes hold%n", load) : "");
    }

    private static String seconds(double s) {
        return number("%.2f s", s);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
