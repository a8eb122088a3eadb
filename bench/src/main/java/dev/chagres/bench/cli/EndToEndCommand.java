package dev.chagres.bench.cli;

import dev.chagres.bench.e2e.EndToEnd;
import dev.chagres.bench.e2e.EndToEndReport;
import dev.chagres.cli.CommandException;
import dev.chagres.cli.ConsoleProgress;
import dev.chagres.cli.DeviceOptions;
import dev.chagres.cli.ThreadOptions;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.kernel.Backends;
import dev.chagres.prove.MemoryLimit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `bench e2e`: whole proofs of a synthetic model, for several lengths.
@CommandLine.Command(name = "e2e",
        description = "Measures setup, inference, proof and verification of a synthetic model.")
final class EndToEndCommand extends BenchCommand {
    @Option(names = "--shape", defaultValue = "gpt2", description = "As of 'chagres synth'; default: ${DEFAULT-VALUE}.")
    private String shape;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of the weights; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--tokens", split = ",", defaultValue = "16,64,256,600,1024", paramLabel = "N",
            description = "Rows that the model runs on, for each run; default: ${DEFAULT-VALUE}.")
    private List<Integer> tokens;

    @Option(names = "--generate", paramLabel = "N",
            description = "Tokens to generate in each run; the prompt is the rest. "
                    + "Default: 16, or less where there are fewer rows.")
    private Integer generate;

    @Option(names = "--kernels", split = ",", paramLabel = "WORD",
            description = "Kernels that each length is run with, in turn: native, vector, scalar; "
                    + "default: those of this process.")
    private List<String> kernels = List.of(System.getProperty(Backends.PROPERTY, "auto"));

    @Mixin
    private ThreadOptions threads;

    @Option(names = "--memory", paramLabel = "SIZE", description = "As of 'chagres prove'.")
    private String memory;

    @Option(names = "--spill", paramLabel = "DIR", description = "As of 'chagres prove'.")
    private Path spill;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--heap", paramLabel = "SIZE", defaultValue = "384m",
            description = "Heap of the fresh processes that prove; "
                    + "default: ${DEFAULT-VALUE}, as 'chagres prove' has it.")
    private String heap;

    @Option(names = "--repeat", defaultValue = "1", paramLabel = "K", description = "Runs of each length; default: 1.")
    private int repeat;

    @Option(names = "--work", paramLabel = "DIR",
            description = "Folder for models and keys, used again by later runs; "
                    + "default: chagres-bench in the temporary folder.")
    private Path work;

    @ArgGroup(exclusive = true)
    private Processes processes;

    private static final class Processes {
        @Option(names = "--fresh", description = "A fresh process for setup and for every run; the default.")
        private boolean fresh;

        @Option(names = "--warm", description = "Setup and all runs in one process, warm after the first.")
        private boolean warm;
    }

    @Override
    protected int execute() throws IOException {
        checkJson();
        EndToEnd.Plan plan = plan();
        Path root = work != null ? work : Path.of(System.getProperty("java.io.tmpdir"), "chagres-bench");
        EndToEndReport report;
        try (ConsoleProgress progress = progress(false)) {
            report = new EndToEnd(plan, root, BenchMain.class).measure(progress);
        }
        show(report.toText(), report.toJson());
        return report.accepted() && report.sameBytes() ? OK : REJECTED;
    }

    /// The words for the proving process, once they are known to be good ones.
    private List<String> memoryWords() {
        List<String> words = new ArrayList<>();
        if (memory != null) {
            try {
                MemoryLimit.parse(memory);
            } catch (IllegalArgumentException e) {
                throw new CommandException("--memory: " + e.getMessage(), e);
            }
            words.addAll(List.of("--memory", memory));
        }
        if (spill != null) {
            words.addAll(List.of("--spill", spill.toString()));
        }
        return words;
    }

    private EndToEnd.Plan plan() {
        int context = SyntheticModel.shape(shape).context();
        for (int t : tokens) {
            if (t < 1 || t > context) {
                throw new CommandException("--tokens " + t + ": the shape " + shape + " takes 1 to " + context);
            }
            if (generate != null && (generate < 1 || generate > t)) {
                throw new CommandException("--generate " + generate + ": a run of " + t + " rows can generate 1 to " + t
                        + " tokens");
            }
        }
        for (String word : kernels) {
            try {
                Backends.byName(word);
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw new CommandException("--kernels: " + e.getMessage(), e);
            }
        }
        if (!heap.matches("[1-9]\\d*[kKmMgG]?")) {
            throw new CommandException("--heap " + heap + ": not a size; write for example 512m");
        }
        if (repeat < 1) {
            throw new CommandException("--repeat must be at least 1, not " + repeat);
        }
        return new EndToEnd.Plan(shape, seed, tokens, generate == null ? 0 : generate, threads.count(), repeat,
                memoryWords(), device.words(), heap, kernels, processes == null || !processes.warm);
    }
}
