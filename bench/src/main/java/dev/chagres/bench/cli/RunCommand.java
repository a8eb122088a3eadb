package dev.chagres.bench.cli;

import dev.chagres.bench.e2e.EndToEnd;
import dev.chagres.bench.e2e.MeasuredRun;
import dev.chagres.cli.CommandBase;
import dev.chagres.cli.ConsoleProgress;
import dev.chagres.cli.DeviceOptions;
import dev.chagres.cli.MemoryOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// One run of `bench e2e` in this process, for that command alone.
@CommandLine.Command(name = "run", hidden = true, description = "One run of 'bench e2e' in this process.")
final class RunCommand extends CommandBase {
    @Option(names = "--pk", required = true)
    private Path provingKey;

    @Option(names = "--vk", required = true)
    private Path verifyingKey;

    @Option(names = "--proof", required = true)
    private Path proof;

    @Option(names = "--tokens", required = true)
    private int tokens;

    @Option(names = "--generate", required = true)
    private int generate;

    @Option(names = "--kernels", required = true)
    private String kernels;

    @Option(names = "--threads", required = true)
    private int threads;

    @Option(names = "--out", required = true)
    private Path figures;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private DeviceOptions device;

    @Override
    protected int execute() throws IOException {
        try (ConsoleProgress progress = progress(false)) {
            EndToEnd.runAlone(new MeasuredRun(provingKey, verifyingKey, proof, tokens, generate), kernels, threads,
                    memory.limit(), device, figures, progress);
        }
        return OK;
    }
}
