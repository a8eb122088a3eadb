package dev.chagres.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all commands share: help, output streams, and the translation of failures to exit codes.
///
/// Exit codes: 0 done, 1 a proof was rejected or part of the work has no result, 2 wrong use or bad input, 3 the
/// program or the machine broke down.
public abstract class CommandBase implements Callable<Integer> {
    protected static final int OK = 0;
    protected static final int REJECTED = 1;
    protected static final int BAD_INPUT = 2;
    protected static final int INTERNAL = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    private Streams streams;

    /// What a command has that runs without the parser of the command line.
    private record Streams(String name, PrintWriter out, PrintWriter err) {}

    /// Makes this a command that runs without the parser.
    ///
    /// @param name with `chagres` before it
    void standAlone(String name, PrintWriter out, PrintWriter err) {
        streams = new Streams(name, out, err);
    }

    private String qualifiedName() {
        return streams != null ? streams.name : spec.qualifiedName();
    }

    /// Does the work and returns the exit code. [#call()] translates what it throws.
    protected abstract int execute() throws IOException;

    @Override
    public final Integer call() {
        try {
            return execute();
        } catch (Throwable t) { // whatever it is, its exit code is not that of a verdict
            return Failures.report(qualifiedName(), t, err());
        }
    }

    /// Standard output: the result and nothing else.
    protected PrintWriter out() {
        return streams != null ? streams.out : spec.commandLine().getOut();
    }

    /// Standard error: progress and errors.
    protected PrintWriter err() {
        return streams != null ? streams.err : spec.commandLine().getErr();
    }

    protected CommandLine commandLine() {
        return spec.commandLine();
    }

    /// Where this process writes to.
    Terminal terminal() {
        return Terminal.ofProcess();
    }

    /// Name of the command as one types it after `chagres`.
    protected String commandName() {
        return qualifiedName().replaceFirst("^chagres ", "");
    }

    /// One JSON object, indented, in the form of docs/cli.md.
    protected String toJson(Map<String, ?> result) {
        return JsonResult.pretty(commandName(), result);
    }

    /// A progress listener for this command: a bar on a terminal, plain lines otherwise.
    ///
    /// @param silent says nothing at all
    protected ConsoleProgress progress(boolean silent) {
        return new ConsoleProgress(err(), terminal(), silent);
    }
}
