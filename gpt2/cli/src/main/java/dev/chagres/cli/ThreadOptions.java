package dev.chagres.cli;

import dev.chagres.prove.Engine;
import picocli.CommandLine.Option;

/// `--threads`, by default one per processor.
public final class ThreadOptions {
    @Option(names = "--threads", paramLabel = "N", description = "Number of threads; default: one per processor.")
    private Integer threads;

    /// An engine with so many threads.
    Engine engine() {
        return Engine.builder().threads(count()).build();
    }

    /// @throws CommandException if the number is not positive
    public int count() {
        int n = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        if (n < 1) {
            throw new CommandException("--threads must be at least 1, not " + n);
        }
        return n;
    }
}
