package dev.chagres.bench.e2e;

import dev.chagres.bench.measure.Environment;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.Main;
import dev.chagres.cli.MemoryOptions;
import dev.chagres.cli.SystemFacts;
import dev.chagres.gpt2.model.Gpt2KeySource;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    /// @param heap heap of the processes that prove, where these are fresh
    /// @param fresh whether setup and every run have a process of their own
    public record Plan(String shape, long seed, List<Integer> tokens, int generate, int threads, int repeat,
            List<String> memory, String heap, boolean fresh) {
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
        double setup = setUp(progress);
        EndToEndReport report = new EndToEndReport(Environment.current(), plan, setup);
        for (int tokens : plan.tokens()) {
            for (int i = 0; i < plan.repeat(); i++) {
                report.add(run(tokens, progress), verifyCold(progress));
            }
        }
        return report;
    }

    private double setUp(Progress progress) throws IOException {
        progress.phase("setup", 0);
        if (plan.fresh()) {
            return JSON.readTree(WorkFolder.command("setup", "--model", work.model(), "--out", work.folder(),
                    "--threads", plan.threads(), "--json")).get("seconds").asDouble();
        }
        long start = System.nanoTime();
        try (Engine engine = Engine.builder().threads(plan.threads()).build(); Arena arena = Arena.ofShared()) {
            engine.setup(new Gpt2KeySource(IntegerModelFile.map(work.model(), arena)), work.provingKey(),
                    work.verifyingKey(), progress);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private RunFigures run(int tokens, Progress progress) throws IOException {
        progress.phase(tokens + " tokens", 0);
        if (!plan.fresh()) {
            SystemFacts.resetPeak();
            MemoryOptions memory = CommandLine.populateCommand(new MemoryOptions(),
                    plan.memory().toArray(String[]::new));
            return new MeasuredRun(work.provingKey(), work.verifyingKey(), work.proof(), tokens, plan.generated(tokens),
                    plan.threads(), memory.limit()).measure(progress);
        }
        Files.deleteIfExists(work.figures());
        List<Object> words = new ArrayList<>(List.of("run", "--pk", work.provingKey(), "--vk",
                work.verifyingKey(), "--proof", work.proof(), "--tokens", tokens, "--generate", plan.generated(tokens),
                "--threads", plan.threads(), "--out", work.figures()));
        words.addAll(plan.memory());
        Child.Outcome outcome = Child.run(List.of("-Xmx" + plan.heap()), runMain, words.toArray());
        if (outcome.code() != 0) {
            throw new CommandException("the run of " + tokens + " tokens failed with exit code " + outcome.code());
        }
        return JSON.readValue(work.figures(), RunFigures.class);
    }

    /// The other end of a run in a fresh process: measures and writes the figures to a file.
    public static void runAlone(MeasuredRun run, Path figures, Progress progress) throws IOException {
        JSON.writeValue(figures, run.measure(progress));
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
