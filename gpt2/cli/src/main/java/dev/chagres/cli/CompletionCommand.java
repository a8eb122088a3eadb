package dev.chagres.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// `completion`: a script for the shell.
@CommandLine.Command(name = "completion", description = {
    "Prints a completion script for bash or zsh.",
    "Use it with: source <(./chagres completion bash)"})
final class CompletionCommand extends CommandBase {
    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private String shell;

    @Override
    protected int execute() {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new CommandException("no completion for '" + shell + "'; there is one for bash and zsh");
        }
        out().print(AutoComplete.bash("chagres", commandLine().getParent())); // the script serves both
        out().flush();
        return OK;
    }
}
