package dev.chagres.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The parser of the command line with its rules ([Main#commandLine]). A class of its own: only what comes here loads
/// the parser's library.
final class CommandTree {
    private CommandTree() {}

    /// The tree of a root command.
    static CommandLine of(Object root, PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(root);
        if (root instanceof Main) {
            HelpPages.apply(line);
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setOut(out);
        line.setErr(err);
        line.setParameterExceptionHandler((e, _) -> {
            err.println(e.getCommandLine().getCommandSpec().qualifiedName() + ": " + Failures.clean(wrongUse(e)));
            return CommandBase.BAD_INPUT;
        });
        line.setExecutionExceptionHandler((e, failed, _) ->
                Failures.report(failed.getCommandSpec().qualifiedName(), e, err));
        line.setExecutionStrategy(parsed -> {
            int code = new CommandLine.RunLast().execute(parsed);
            return Main.written(line.getCommandName(), code, out, err);
        });
        return line;
    }

    private static String wrongUse(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return e.getMessage().replaceFirst("^Error: ", "") + "; see --help";
        }
        String word = unmatched.getUnmatched().getFirst();
        boolean commands = !e.getCommandLine().getSubcommands().isEmpty();
        String kind = unmatched.isUnknownOption() ? "unknown option" : commands ? "unknown command"
                : "unexpected argument";
        List<String> near = unmatched.getSuggestions();
        return kind + " '" + word + "'; " + (near.isEmpty() ? "see --help" : "did you mean " + near.getFirst() + "?");
    }
}
