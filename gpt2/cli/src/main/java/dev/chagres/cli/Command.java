package dev.chagres.cli;

import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Option;

/// A command that prints one result, with `--json` as JSON.
abstract class Command extends CommandBase {
    @Option(names = "--json", description = "Print the result as one JSON object on standard output.")
    private boolean json;

    /// Does the work and returns the exit code.
    abstract int run() throws IOException;

    @Override
    protected final int execute() throws IOException {
        return run();
    }

    /// Whether the result goes out as JSON.
    boolean json() {
        return json;
    }

    /// Sets [#json()], for a command that runs without the parser.
    void json(boolean wanted) {
        json = wanted;
    }

    /// Prints a result as one JSON object.
    void printJson(Map<String, ?> result) {
        out().println(toJson(result));
        out().flush();
    }

    /// Prints one of many results as a JSON object on one line, at once.
    void printJsonLine(Map<String, ?> result) {
        out().println(JsonResult.line(commandName(), result));
        out().flush();
    }

    /// Prints a result as JSON or as lines of name and value.
    void print(Map<String, ?> result) {
        if (json) {
            printJson(result);
            return;
        }
        FactLines.of(result).forEach(out()::println);
        out().flush();
    }

    /// A progress listener for this command, on standard error: a bar on a terminal, plain lines otherwise.
    ConsoleProgress progress() {
        return progress(false);
    }
}
