package dev.chagres.bench.cli;

import dev.chagres.cli.Main;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// Entry point of `chagres bench`.
@CommandLine.Command(name = "chagres bench", description = "Measures kernels and whole proofs.", subcommands = {
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
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = Main.commandLine(new BenchMain(), out, err).execute(args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
