package dev.chagres.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;

/// Entry point of the `chagres` command.
@CommandLine.Command(
        name = "chagres",
        description = "Proves that a committed language model, run on given tokens, produced given outputs.",
        versionProvider = BuildFacts.Provider.class,
        exitCodeListHeading = "Exit codes%n",
        exitCodeList = {
            "0:Done.",
            "1:Rejected, or lines failed.",
            "2:Wrong use or bad input.",
            "3:Internal error.",
            "128+n:Ended by signal n."},
        footer = {"", "'chagres help COMMAND' shows its options."},
        subcommands = {
            AuditCommand.class,
            BatchCommand.class,
            BenchCommandPlace.class,
            CompletionCommand.class,
            DemoCommand.class,
            DoctorCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            CommandLine.HelpCommand.class,
            InspectCommand.class,
            ManCommand.class,
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

    @CommandLine.Option(names = {"-V", "--version"}, versionHelp = true, description = "Show version, commit and JDK.")
    private boolean version;

    public static void main(String[] args) {
        System.exit(run(new Main(), args));
    }

    /// Runs the command line of this process.
    ///
    /// @return the exit code of the process
    public static int run(Object root, String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code;
        try {
            LauncherLink.followLauncher();
            Arguments.check(args);
            Optional<VerifyCommand> verify = root instanceof Main ? VerifyCommand.plain(args, out, err)
                    : Optional.empty();
            code = verify.isPresent() ? written("chagres", verify.get().call(), out, err)
                    : commandLine(root, out, err).execute(args);
        } catch (Throwable t) { // whatever it is, its exit code is not that of a verdict
            code = Failures.report("chagres", t, err);
        }
        out.flush();
        err.flush();
        return LauncherLink.exitCode(code);
    }

    /// The command tree with the given streams; `execute` returns the exit code.
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(new Main(), out, err);
    }

    /// The tree of another root command, under the same rules: wrong use is one line and exit code 2, and a result that
    /// could not be written is no success.
    public static CommandLine commandLine(Object root, PrintWriter out, PrintWriter err) {
        return CommandTree.of(root, out, err);
    }

    /// The exit code of a command whose result is a success only if it was written.
    static int written(String name, int code, PrintWriter out, PrintWriter err) {
        if (!out.checkError()) {
            return code;
        }
        err.println(name + ": the result could not be written to standard output");
        return code == CommandBase.INTERNAL ? code : CommandBase.BAD_INPUT;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
