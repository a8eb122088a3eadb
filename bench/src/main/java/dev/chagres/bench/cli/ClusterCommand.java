package dev.chagres.bench.cli;

import dev.chagres.bench.cluster.ClusterBench;
import dev.chagres.bench.cluster.ClusterReport;
import dev.chagres.bench.e2e.WorkFolder;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.ClusterOptions;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.ConsoleProgress;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `bench cluster`: a batch on several numbers of executors.
@CommandLine.Command(name = "cluster", description = {
    "Measures a batch on one, two and more executors, which are processes of this machine, and its traffic.",
    "Each has cores of its own (taskset) where there are enough."})
final class ClusterCommand extends BenchCommand {
    private static final int GENERATE = 4;

    @Option(names = "--shape", defaultValue = "tiny", description = "As of 'chagres synth'; default: ${DEFAULT-VALUE}.")
    private String shape;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the weights; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--pk", paramLabel = "FILE", description = "A proving key, instead of that of a synthetic model.")
    private Path pk;

    @Option(names = "--executors", split = ",", defaultValue = "1,2,4", paramLabel = "N",
            description = "How many, for each batch; default: ${DEFAULT-VALUE}.")
    private List<Integer> executors;

    @Option(names = "--cores", paramLabel = "N",
            description = "Cores of an executor; default: as many as the most executors can have, at least 1.")
    private Integer cores;

    @Option(names = "--lines", defaultValue = "12", paramLabel = "N",
            description = "Lines of a batch; default: ${DEFAULT-VALUE}.")
    private int lines;

    @Option(names = "--tokens", defaultValue = "64", paramLabel = "N",
            description = "Rows of each line; default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(names = "--proofs", defaultValue = "0", paramLabel = "N", description = {
        "Also make one proof over all executors, N times; the first is a cold one.",
        "At least 2; default: none."})
    private int proofs;

    @Option(names = "--cluster-set", paramLabel = "NAME=VALUE", description = "A setting of Spark; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for models and keys, used again by later runs; "
                    + "default: chagres-bench in the temporary folder.")
    private Path work;

    @Override
    protected int execute() throws IOException {
        checkJson();
        check();
        Cluster cluster = ClusterOptions.service("bench cluster");
        Path root = work != null ? work : Path.of(System.getProperty("java.io.tmpdir"), "chagres-bench");
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        ClusterReport report;
        try (ConsoleProgress progress = progress(false)) {
            ClusterBench.Plan plan = new ClusterBench.Plan(key(root, progress), executors, coresOfAnExecutor(), lines,
                    tokens, Math.min(GENERATE, tokens), proofs, settings);
            report = new ClusterBench(plan, cluster, root.resolve("cluster"), load).measure(progress);
        }
        show(report.toText(), report.toJson());
        return report.sameBytes() ? OK : REJECTED;
    }

    private Path key(Path root, ConsoleProgress progress) throws IOException {
        if (pk != null) {
            return pk;
        }
        WorkFolder folder = new WorkFolder(root, shape, seed);
        progress.phase("model", 0);
        folder.makeModel();
        progress.phase("setup", 0);
        folder.makeKeys(Runtime.getRuntime().availableProcessors());
        return folder.provingKey();
    }

    private int coresOfAnExecutor() {
        return cores != null ? cores
                : Math.max(1, Runtime.getRuntime().availableProcessors() / Collections.max(executors));
    }

    private void check() {
        atLeastOne("--lines", lines);
        atLeastOne("--tokens", tokens);
        executors.forEach(n -> atLeastOne("--executors", n));
        if (proofs != 0 && proofs < 2) {
            throw new CommandException("--proofs must be 0 or at least 2, not " + proofs);
        }
        if (cores != null) {
            atLeastOne("--cores", cores);
        }
        if (pk != null && !Files.isRegularFile(pk)) {
            throw new CommandException("--pk " + pk + ": no such file");
        }
    }

    private static void atLeastOne(String option, int value) {
        if (value < 1) {
            throw new CommandException(option + " must be at least 1, not " + value);
        }
    }
}
