package dev.chagres.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// Entry point of the `chagres` command.
@CommandLine.Command(
        name = "chagres",
        description = "Proves that a committed GPT-2 model, run on given tokens, produced given outputs.",
        subcommands = {
            AuditCommand.class,
            BatchCommand.class,
            DemoCommand.class,
            DoctorCommand.class,
            GenerateCommand.class,
            InspectCommand.class,
            ProveCommand.class,
            QuantizeCommand.class,
            SetupCommand.class,
            SynthCommand.class,
            VerifyCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @CommandLine.Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = commandLine(out, err).execute(args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /// The command tree with the given streams; `execute` returns the exit code.
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(new Main(), out, err);
    }

    /// The tree of another root command, under the same rules: wrong use is one line and exit code 2.
    public static CommandLine commandLine(Object root, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(root);
        line.setOut(out);
        line.setErr(err);
        line.setParameterExceptionHandler((e, args) -> {
            err.println(e.getCommandLine().getCommandSpec().qualifiedName() + ": "
                    + e.getMessage().replaceAll("\\s*\\R\\s*", " ") + "; see --help");
            return CommandBase.BAD_INPUT;
        });
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
