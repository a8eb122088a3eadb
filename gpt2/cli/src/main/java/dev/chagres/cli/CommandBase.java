package dev.chagres.cli;

import dev.chagres.gpt2.model.IntervalCheckException;
import dev.chagres.gpt2.quantize.QuantizationException;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all commands share: help, output streams, and the translation of failures to exit codes.
///
/// Exit codes: 0 done, 1 a proof was rejected, 2 wrong use or bad input.
public abstract class CommandBase implements Callable<Integer> {
    protected static final int OK = 0;
    protected static final int REJECTED = 1;
    protected static final int BAD_INPUT = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    /// Does the work and returns the exit code. May throw any of the exceptions that [#call()] translates.
    protected abstract int execute() throws IOException;

    @Override
    public final Integer call() {
        try {
            return execute();
        } catch (CommandException | FileFormatException | QuantizationException | IntervalCheckException
                | TokenizerException | DomainException
                | IllegalArgumentException e) {
            return fail(e.getMessage());
        } catch (UncheckedIOException e) {
            return fail(e.getMessage() + ": " + reason(e.getCause()));
        } catch (IOException e) {
            return fail(reason(e));
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException n -> n.getFile() + ": no such file or folder";
            case AccessDeniedException a -> a.getFile() + ": permission denied";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private int fail(String message) {
        String line = String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
        err().println(spec.qualifiedName() + ": " + line);
        err().flush();
        return BAD_INPUT;
    }

    /// Standard output: the result and nothing else.
    protected PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /// Standard error: progress and errors.
    protected PrintWriter err() {
        return spec.commandLine().getErr();
    }

    protected CommandLine commandLine() {
        return spec.commandLine();
    }

    /// Name of the command as one types it after `chagres`.
    protected String commandName() {
        return spec.qualifiedName().replaceFirst("^chagres ", "");
    }

    /// One JSON object, indented, in the form of docs/cli.md.
    protected String toJson(Map<String, ?> result) {
        return JsonResult.pretty(commandName(), result);
    }

    /// A progress listener for this command: a bar on a terminal, plain lines otherwise.
    ///
    /// @param silent says nothing at all
    protected ConsoleProgress progress(boolean silent) {
        return new ConsoleProgress(err(), System.console() != null && System.console().isTerminal(), silent);
    }
}
