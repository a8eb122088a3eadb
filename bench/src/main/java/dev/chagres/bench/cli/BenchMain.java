package dev.chagres.bench.cli;

import dev.chagres.cli.Main;
import picocli.CommandLine;

/// Entry point of `chagres bench`.
@CommandLine.Command(name = "chagres bench",
        description = "Measures kernels, whole proofs, clusters and what quantisation costs.", subcommands = {
    AccuracyCommand.class,
    ClusterCommand.class,
    EndToEndCommand.class,
    KernelsCommand.class,
    RunCommand.class
})
public final class BenchMain implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    public static void main(String[] args) {
        System.exit(Main.run(new BenchMain(), args));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
