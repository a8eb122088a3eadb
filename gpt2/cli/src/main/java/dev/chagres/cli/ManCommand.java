package dev.chagres.cli;

import picocli.CommandLine;

/// `man`: the manual page.
@CommandLine.Command(name = "man", description = {
    "Prints the manual page of all commands.",
    "Read it with: ./chagres man | man -l -"})
final class ManCommand extends CommandBase {
    @Override
    protected int execute() {
        out().print(ManPage.of(commandLine().getParent()));
        out().flush();
        return OK;
    }
}
