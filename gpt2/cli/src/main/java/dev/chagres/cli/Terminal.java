package dev.chagres.cli;

import java.util.function.IntSupplier;

/// Where this process writes to. The launcher says it: Java looks at standard input and output only, and progress goes
/// to standard error.
///
/// @param bar whether standard error is a terminal that can redraw a line
/// @param out whether standard output is a terminal
/// @param columns width of the terminal now
record Terminal(boolean bar, boolean out, IntSupplier columns) {
    private static final String ERR = "chagres.terminal";
    private static final String OUT = "chagres.terminal.out";

    /// No terminal at all.
    static final Terminal NONE = new Terminal(false, false, () -> TerminalWidth.DEFAULT);

    /// That of this process. Without a launcher a bar is drawn only if standard input and output are a terminal, which
    /// is then taken for the one of standard error.
    static Terminal ofProcess() {
        String told = System.getProperty(ERR);
        boolean err = told != null ? Boolean.parseBoolean(told) : console();
        boolean out = told != null ? Boolean.getBoolean(OUT) : err;
        String kind = System.getenv("TERM");
        boolean dumb = kind == null || kind.equals("dumb");
        return err && !dumb ? new Terminal(true, out, new TerminalWidth()) : new Terminal(false, out, NONE.columns);
    }

    private static boolean console() {
        return System.console() != null && System.console().isTerminal();
    }
}
