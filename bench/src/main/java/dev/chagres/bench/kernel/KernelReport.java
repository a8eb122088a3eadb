package dev.chagres.bench.kernel;

import dev.chagres.bench.measure.CLimits;
import dev.chagres.bench.measure.CLimits.Limit;
import dev.chagres.bench.measure.Environment;
import dev.chagres.bench.measure.Sampler;
import dev.chagres.bench.measure.Timing;
import dev.chagres.cli.TextTable;
import dev.chagres.kernel.Backends;
import dev.chagres.prove.profile.Progress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Measured kernels beside the recorded C limits and the goals: those in Java, and beside them the native ones where they
/// run. Goals are for the former.
///
/// Rates compare best with best: medians move with what else the machine does.
public final class KernelReport {
    /// @param timing of the kernel in Java
    /// @param compiled of the native kernel, where there is one
    /// @param same the C kernel with the algorithm and layout of the Java one
    /// @param fastest the fastest C kernel of any variant
    record Row(KernelCase kernel, Timing timing, Optional<Timing> compiled, Optional<Limit> same,
            Optional<Limit> fastest) {
        double rate() {
            return kernel.work() / timing.median();
        }

        double best() {
            return kernel.work() / timing.best();
        }

        Optional<Double> compiledBest() {
            return compiled.map(t -> kernel.work() / t.best());
        }

        Optional<Double> share() {
            return same.map(l -> best() / l.best());
        }

        Optional<Boolean> met() {
            return kernel.goal().met(best(), same);
        }
    }

    private static final String NATIVE = "native";

    private final Environment environment;
    private final Optional<CLimits.Part> limits;
    private final List<Row> rows = new ArrayList<>();

    KernelReport(Environment environment, Optional<CLimits.Part> limits) {
        this.environment = environment;
        this.limits = limits;
    }

    /// Times every kernel whose name and size match.
    ///
    /// @param filter found anywhere in `name size`
    /// @param progress one step for each kernel
    /// @throws IllegalArgumentException if no kernel matches
    public static KernelReport measure(Pattern filter, Sampler sampler, Progress progress) {
        List<KernelCase> cases = KernelCases.all().stream()
                .filter(c -> filter.matcher(c.kernel() + " " + c.size()).find()).toList();
        if (cases.isEmpty()) {
            throw new IllegalArgumentException("no kernel matches '" + filter + "'; the names are "
                    + String.join(", ", KernelCases.all().stream().map(KernelCase::kernel).distinct().toList()));
        }
        Environment environment = Environment.current();
        KernelReport report = new KernelReport(environment, CLimits.recorded().of(environment.cpu()));
        progress.phase("kernels", cases.size());
        boolean compiled = environment.backend().startsWith(NATIVE);
        String inJava = vectors() ? "vector" : "scalar";
        Set<String> timed = new HashSet<>();
        for (int i = 0; i < cases.size(); ) {
            Supplier<? extends KernelBenchmark> supplier = cases.get(i).benchmark();
            try (KernelBenchmark java = open(supplier, inJava);
                    KernelBenchmark other = compiled ? open(supplier, NATIVE) : null) {
                for (; i < cases.size() && cases.get(i).benchmark() == supplier; i++) {
                    KernelCase c = cases.get(i);
                    Timing timing = c.time(java, sampler, !timed.add(c.kernel()));
                    report.add(c, timing, other == null ? Optional.empty() : Optional.of(c.time(other, sampler, true)));
                    progress.step();
                }
            }
        }
        return report;
    }

    /// Whether the kernels in Java are the vector ones: unless scalar ones are forced, or the module is absent.
    private static boolean vectors() {
        return !System.getProperty(Backends.PROPERTY, "").strip().equalsIgnoreCase("scalar")
                && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    private static KernelBenchmark open(Supplier<? extends KernelBenchmark> supplier, String backend) {
        KernelBenchmark benchmark = supplier.get();
        benchmark.backend = backend;
        benchmark.open();
        return benchmark;
    }

    void add(KernelCase c, Timing timing, Optional<Timing> compiled) {
        rows.add(new Row(c, timing, compiled, limits.flatMap(p -> p.same(c.kernel(), c.size())),
                limits.flatMap(p -> p.fastest(c.kernel(), c.size()))));
    }

    private boolean sameCpu() {
        return limits.isPresent() && limits.get().cpu().equals(environment.cpu());
    }

    public Map<String, Object> toJson() {
        Map<String, Object> facts = environment.toJson();
        facts.put("cLimitsCpu", limits.map(CLimits.Part::cpu).orElse(null));
        facts.put("cLimitsCompiler", limits.map(l -> l.compiler() + " " + l.flags()).orElse(null));
        facts.put("cLimitsOfThisCpu", sameCpu());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("environment", facts);
        json.put("kernels", rows.stream().map(KernelReport::toJson).toList());
        return json;
    }

    private static Map<String, Object> toJson(Row r) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kernel", r.kernel.kernel());
        json.put("size", r.kernel.size());
        json.put("rate", r.rate());
        json.put("best", r.best());
        json.put("unit", r.kernel.unit().toString());
        json.put("nativeRate", r.compiled.map(t -> r.kernel.work() / t.median()).orElse(null));
        json.put("nativeBest", r.compiledBest().orElse(null));
        json.put("cLimit", r.same.map(Limit::best).orElse(null));
        json.put("shareOfC", r.share().orElse(null));
        json.put("cFastest", r.fastest.map(Limit::best).orElse(null));
        json.put("cFastestVariant", r.fastest.map(Limit::variant).orElse(null));
        json.put("goal", r.kernel.goal().toString());
        json.put("met", r.met().orElse(null));
        json.put("samples", r.timing.samples());
        json.put("callsPerSample", r.timing.callsPerSample());
        json.put("fullSpeedSeconds", r.timing.fullSpeedSeconds());
        return json;
    }

    /// The table and the environment.
    public String toText() {
        TextTable table = new TextTable(2, "kernel", "size", "median", "best", "unit", "C", "share", "goal", "met",
                "warm after", "native", "of Java");
        for (Row r : rows) {
            table.row(r.kernel.kernel(), r.kernel.size(), number(r.rate()), number(r.best()),
                    r.kernel.unit().toString(), r.same.map(l -> number(l.best())).orElse("-"),
                    r.share().map(s -> String.format(Locale.ROOT, "%.0f %%", 100 * s)).orElse("-"),
                    r.kernel.goal().toString(), r.met().map(m -> m ? "yes" : "no").orElse("-"),
                    String.format(Locale.ROOT, "%.2f s", r.timing.fullSpeedSeconds()),
                    r.compiledBest().map(KernelReport::number).orElse("-"),
                    r.compiledBest().map(b -> String.format(Locale.ROOT, "%.2f", b / r.best())).orElse("-"));
        }
        return table + "\n" + environment.toText() + "C        " + limits.map(l -> l.compiler() + ", " + l.flags()
                + (sameCpu() ? ", this processor" : ", on another processor: " + l.cpu()
                        + "; shares compare two machines")).orElse("no recorded limits") + "\n";
    }

    private static String number(double rate) {
        return String.format(Locale.ROOT, rate < 10 ? "%.3f" : "%.1f", rate);
    }
}
