package dev.chagres.cli;

import picocli.CommandLine;

/// Stands for `bench` in the list of commands: it is a module of its own, which the launcher builds and starts.
@CommandLine.Command(name = "bench", description = "Measures kernels and whole proofs; see 'chagres bench --help'.")
final class BenchCommandPlace extends CommandBase {
    @CommandLine.Unmatched
    private String[] words = {};

    @Override
    protected int execute() {
        throw new CommandException("the benchmarks are not on this class path; start the launcher, ./chagres bench");
    }
}
