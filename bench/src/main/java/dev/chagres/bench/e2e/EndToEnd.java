package dev.chagres.bench.e2e;

import dev.chagres.bench.measure.Environment;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.DeviceOptions;
import dev.chagres.cli.LauncherFlags;
import dev.chagres.cli.Main;
import dev.chagres.cli.MemoryOptions;
import dev.chagres.cli.SystemFacts;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.kernel.Backends;
import dev.chagres.prove.Engine;
import dev.chagres.prove.MemoryLimit;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import tools.jackson.databind.ObjectMapper;

/// Measures whole proofs of a synthetic model, for several lengths.
public final class EndToEnd {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What to measure.
    ///
    /// @param tokens rows of the model, for each run
    /// @param generate ids to generate, at most the smallest of `tokens`, or 0 for [#generated(int)]
    /// @param repeat runs of each length
    /// @param memory what `chagres prove` would be told about memory, see [MemoryOptions]
    /// @param device what `chagres prove` would be told about the device, see [DeviceOptions]
    /// @param heap heap of the processes that prove, where these are fresh
    /// @param kernels words of [Backends#byName]: every length is run with each in turn
    /// @param fresh whether setup and every run have a process of their own
    public record Plan(String shape, long seed, List<Integer> tokens, int generate, int threads, int repeat,
            List<String> memory, List<String> device, String heap, List<String> kernels, boolean fresh) {
        private static final int GENERATE = 16;

        /// Ids to generate in a run of `tokens` rows.
        int generated(int tokens) {
            return generate > 0 ? generate : Math.clamp(tokens - 1L, 1, GENERATE);
        }
    }

    private final Plan plan;
    private final WorkFolder work;
    private final Class<?> runMain;

    /// @param root folder for models, keys and proofs
    /// @param runMain main class whose command `run` is the one of [#runAlone]
    public EndToEnd(Plan plan, Path root, Class<?> runMain) throws IOException {
        this.plan = plan;
        this.work = new WorkFolder(root, plan.shape(), plan.seed());
        this.runMain = runMain;
    }

    /// Makes the model and the keys, then runs.
    ///
    /// @param progress for what happens in this process; fresh processes report on standard error themselves
    public EndToEndReport measure(Progress progress) throws IOException {
        progress.phase("model", 0);
        work.makeModel();
        if (plan.fresh()) {
            return measure(() -> work.makeKeys(plan.threads()), this::runApart, progress);
        }
        MemoryOptions memory = CommandLine.populateCommand(new MemoryOptions(), plan.memory().toArray(String[]::new));
        DeviceOptions device = CommandLine.populateCommand(new DeviceOptions(), plan.device().toArray(String[]::new));
        Map<String, Engine> engines = new LinkedHashMap<>();
        try {
            for (String kernels : plan.kernels()) {
                engines.put(kernels, engine(kernels, plan.threads(), memory.limit(), device));
            }
            return measure(() -> setUp(engines.values().iterator().next(), progress),
                    (kernels, tokens) -> run(engines.get(kernels), tokens, progress), progress);
        } finally {
            engines.values().forEach(Engine::close);
        }
    }

    /// Makes the keys; returns how many seconds that took.
    private interface SetUp {
        double run() throws IOException;
    }

    /// A run of so many rows with some kernels.
    private interface Run {
        RunFigures run(String kernels, int tokens) throws IOException;
    }

    private EndToEndReport measure(SetUp setUp, Run run, Progress progress) throws IOException {
        progress.phase("setup", 0);
        EndToEndReport report = new EndToEndReport(Environment.current(), plan, setUp.run());
        for (int tokens : plan.tokens()) {
            for (int i = 0; i < plan.repeat(); i++) {
                for (String kernels : plan.kernels()) {
                    progress.phase(tokens + " tokens, " + kernels, 0);
                    report.add(run.run(kernels, tokens), verifyCold(progress));
                }
            }
        }
        return report;
    }

    private static Engine engine(String kernels, int threads, Optional<MemoryLimit> limit, DeviceOptions device) {
        Engine.Builder settings = Engine.builder().kernels(Backends.byName(kernels)).threads(threads);
        limit.ifPresent(settings::memory);
        return device.engine(settings);
    }

    private double setUp(Engine engine, Progress progress) throws IOException {
        long start = System.nanoTime();
        try (Arena arena = Arena.ofShared()) {
            engine.setup(new ModelKeySource(IntegerModelFile.map(work.model(), arena)), work.provingKey(),
                    work.verifyingKey(), progress);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        engine.memory().trim(); // the peak of the first run is its own
        return seconds;
    }

    private RunFigures run(Engine engine, int tokens, Progress progress) throws IOException {
        SystemFacts.resetPeak();
        return new MeasuredRun(work.provingKey(), work.verifyingKey(), work.proof(), tokens, plan.generated(tokens))
                .measure(engine, System.nanoTime(), progress);
    }

    private RunFigures runApart(String kernels, int tokens) throws IOException {
        Files.deleteIfExists(work.figures());
        List<Object> words = new ArrayList<>(List.of("run", "--pk", work.provingKey(), "--vk",
                work.verifyingKey(), "--proof", work.proof(), "--tokens", tokens, "--generate", plan.generated(tokens),
                "--threads", plan.threads(), "--kernels", kernels, "--out", work.figures()));
        words.addAll(plan.memory());
        words.addAll(plan.device());
        List<String> flags = new ArrayList<>(LauncherFlags.once(work.folder()));
        flags.add("-Xmx" + plan.heap());
        Child.Outcome outcome = Child.run(flags, runMain, words.toArray());
        if (outcome.code() != 0) {
            throw new CommandException("the run of " + tokens + " tokens failed with exit code " + outcome.code());
        }
        return JSON.readValue(work.figures(), RunFigures.class);
    }

    /// The other end of a run in a fresh process: measures, from the making of the engine on, and writes the figures to a
    /// file.
    public static void runAlone(MeasuredRun run, String kernels, int threads, Optional<MemoryLimit> limit,
            DeviceOptions device, Path figures, Progress progress) throws IOException {
        long start = System.nanoTime();
        try (Engine engine = engine(kernels, threads, limit, device)) {
            JSON.writeValue(figures, run.measure(engine, start, progress));
        }
    }

    /// Seconds of a whole process of the `verify` command on the last proof, with the flags that a user's has.
    private double verifyCold(Progress progress) throws IOException {
        progress.phase("verify cold", 0);
        Child.Outcome outcome = Child.read(Main.class, "verify", "--vk", work.verifyingKey(), "--proof",
                work.proof(), "--json");
        if (outcome.code() > 1) {
            throw new CommandException("the command 'verify' failed with exit code " + outcome.code());
        }
        return outcome.seconds();
    }
}
