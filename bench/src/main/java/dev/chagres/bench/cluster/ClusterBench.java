package dev.chagres.bench.cluster;

import dev.chagres.bench.measure.Environment;
import dev.chagres.cli.BatchLine;
import dev.chagres.cli.Cluster;
import dev.chagres.cli.CommandException;
import dev.chagres.hash.Blake3;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Prover;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.remote.Traffic;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Runs the same batch, and the same proof, on one, two and more executors, which are processes of this machine.
public final class ClusterBench {
    private static final long PROMPT_SEED = 1;
    /// What a worker may give to the heap of its executor, which is less.
    private static final int HEAP_MEBIBYTES = 4096;

    /// What to measure.
    ///
    /// @param provingKey of the model
    /// @param executors  how many, for each batch
    /// @param cores      of an executor
    /// @param lines      of a batch
    /// @param tokens     rows of each
    /// @param generate   ids of each that are generated, at most `tokens`
    /// @param proofs     proofs of one sequence over all executors, besides; 0 for none, else at least 2
    /// @param settings   of the cluster
    public record Plan(Path provingKey, List<Integer> executors, int cores, int lines, int tokens, int generate,
            int proofs, Map<String, String> settings) {}

    private final Plan plan;
    private final Cluster cluster;
    private final Path folder;
    private final List<Integer> processors;
    private final double load;

    /// @param folder for files of this run
    /// @param load   of the machine before any work, as of [ClusterReport]
    public ClusterBench(Plan plan, Cluster cluster, Path folder, double load) throws IOException {
        this.plan = plan;
        this.cluster = cluster;
        this.load = load;
        this.folder = Files.createDirectories(folder);
        this.processors = Pinned.possible() ? Pinned.processors() : List.of();
    }

    /// Runs all batches.
    public ClusterReport measure(Progress progress) throws IOException {
        ClusterReport report = new ClusterReport(plan, Environment.current(), load);
        try (ProvingKey key = ProvingKey.open(plan.provingKey()); Engine engine = Engine.builder().threads(1).build()) {
            for (int executors : plan.executors()) {
                progress.phase("batch on " + executors + (executors == 1 ? " executor" : " executors"), plan.lines());
                report.add(batch(executors, key, engine, progress));
            }
        }
        if (plan.proofs() > 0) {
            proofs(report, progress);
        }
        return report;
    }

    /// Generation, the transcript and what follows it happen here, on as many threads as there are processors.
    private void proofs(ClusterReport report, Progress progress) throws IOException {
        try (ProvingKey key = ProvingKey.open(plan.provingKey()); Engine engine = Engine.builder().build()) {
            BatchLine line = lines(key.verifyingKey()).getFirst();
            progress.phase("one proof here", plan.proofs());
            report.add(proofs(0, false, line, _ -> engine.prover(key), new Verifier(key.verifyingKey()), progress));
            for (int executors : plan.executors()) {
                progress.phase("one proof on " + executors + (executors == 1 ? " executor" : " executors"),
                        plan.proofs());
                boolean pinned = pinned(executors);
                try (Cluster.Machines machines = cluster.machines(new Cluster.ProofRequest(place(executors, pinned), key,
                        false, null, null, engine, line.prompt(), line.generate()), _ -> { })) {
                    report.add(proofs(executors, pinned, line, traffic -> engine.prover(key).over(machines, traffic),
                            new Verifier(key.verifyingKey()), progress));
                }
            }
        }
    }

    private ProofFigures proofs(int executors, boolean pinned, BatchLine line, Function<Traffic, Prover> prover,
            Verifier verifier, Progress progress) {
        List<Double> seconds = new ArrayList<>();
        List<String> digests = new ArrayList<>();
        Traffic traffic = new Traffic();
        for (int i = 0; i < plan.proofs(); i++) {
            traffic = new Traffic();
            long start = System.nanoTime();
            byte[] proof = prover.apply(traffic).generateAndProve(line.prompt(), line.generate(), _ -> { }).encode();
            seconds.add((System.nanoTime() - start) / 1e9);
            if (!verifier.verify(proof).accepted()) {
                throw new CommandException(executors + " executors made a wrong proof");
            }
            digests.add(HexFormat.of().formatHex(Blake3.hash(proof)));
            progress.step();
        }
        return new ProofFigures(executors, pinned, seconds.getFirst(),
                seconds.stream().skip(1).mapToDouble(d -> d).min().orElse(Double.NaN), traffic.kinds(), digests);
    }

    private Cluster.Place place(int executors, boolean pinned) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(plan.settings());
        settings.put("spark.cores.max", Integer.toString(executors * plan.cores()));
        settings.put("spark.scheduler.minRegisteredResourcesRatio", "1"); // all begin at the same time
        settings.put("spark.speculation", "false");
        if (pinned) {
            settings.put("spark.executorEnv.JAVA_HOME", Pinned.javaHome(folder.resolve("java-" + executors), executors,
                    plan.cores(), processors).toAbsolutePath().toString());
        }
        String url = "local-cluster[" + executors + "," + plan.cores() + "," + HEAP_MEBIBYTES + "]";
        return new Cluster.Place(url, settings, OptionalInt.of(plan.cores()));
    }

    private boolean pinned(int executors) {
        return processors.size() >= executors * plan.cores();
    }

    private BatchFigures batch(int executors, ProvingKey key, Engine engine, Progress progress) throws IOException {
        Results results = new Results(key.verifyingKey(), progress);
        boolean pinned = pinned(executors);
        long start = System.nanoTime();
        cluster.prove(new Cluster.Request(place(executors, pinned), key, false, folder, true, null, null, "cpu", engine,
                lines(key.verifyingKey())), results);
        long end = System.nanoTime();
        if (results.seconds.size() != plan.lines()) {
            throw new CommandException(results.seconds.size() + " of " + plan.lines() + " lines were proved");
        }
        return new BatchFigures(executors, pinned, (results.begun - start) / 1e9, (end - results.begun) / 1e9,
                results.seconds, results.down, results.up, results.digests);
    }

    /// Random prompts from a fixed seed, the same for every number of executors.
    private List<BatchLine> lines(VerifyingKey key) {
        SplittableRandom random = new SplittableRandom(PROMPT_SEED);
        int vocabulary = key.spec().limits().vocabulary();
        return IntStream.rangeClosed(1, plan.lines()).mapToObj(n -> new BatchLine(n, Integer.toString(n),
                random.ints(plan.tokens() + 1L - plan.generate(), 0, vocabulary).toArray(), plan.generate(),
                Binding.NONE)).toList();
    }

    /// Verifies and counts.
    private static final class Results implements Cluster.Results {
        private final Verifier verifier;
        private final Progress progress;
        private final List<Double> seconds = new ArrayList<>();
        private final Map<Integer, String> digests = new TreeMap<>();
        private long begun;
        private long down;
        private long up;

        Results(VerifyingKey key, Progress progress) {
            verifier = new Verifier(key);
            this.progress = progress;
        }

        @Override
        public void begun() {
            begun = System.nanoTime();
        }

        @Override
        public void proved(BatchLine line, byte[] proof, double lineSeconds, String where) {
            if (!verifier.verify(proof).accepted()) {
                throw new CommandException(where + " sent a wrong proof");
            }
            seconds.add(lineSeconds);
            digests.put(line.number(), HexFormat.of().formatHex(Blake3.hash(proof)));
            progress.step();
        }

        @Override
        public void present(BatchLine line) {
            throw new IllegalStateException("proofs come back and are not in a folder");
        }

        @Override
        public void failed(BatchLine line, String error) {
            throw new CommandException("line " + line.number() + ": " + error);
        }

        @Override
        public void note(String what) {
            // few lines for each executor is what is measured; a lost executor shows in the time
        }

        @Override
        public void traffic(int tasks, long downBytes, long upBytes) {
            down = downBytes;
            up = upBytes;
        }
    }
}
