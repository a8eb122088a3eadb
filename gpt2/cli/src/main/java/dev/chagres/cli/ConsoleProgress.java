package dev.chagres.cli;

import dev.chagres.prove.profile.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/// Progress on standard error: on a terminal one line with the phase, a bar and the remaining time, elsewhere a line
/// per phase. The line is redrawn at most ten times a second, and twice a second while nothing happens.
public final class ConsoleProgress implements Progress, AutoCloseable {
    private static final long LEAST_MILLIS = 100;
    private static final long REDRAW_NANOS = 500_000_000L;
    private static final String CLEAR = "\r\033[K";

    private final PrintWriter err;
    private final Terminal terminal;
    private final boolean bar;
    private final boolean silent;
    private final long start = System.nanoTime();
    private final Thread interruption = new Thread(this::interrupted, "interruption");
    private Phase phase;
    /// What happens inside the current step; null when that is not told.
    private Phase detail;
    private Thread clock;
    /// Something changed since the line was drawn.
    private boolean changed;
    private boolean drawn;
    private long lastDraw;
    /// Where generated text is being written; null between texts.
    private PrintWriter text;
    private String remedy;
    private boolean closed;

    /// A phase that is under way.
    private static final class Phase {
        final String name;
        final long steps;
        final long start = System.nanoTime();
        long done;
        long firstStep;
        long lastStep;
        /// How far the step is that is under way; empty when that is not told.
        String within = "";

        Phase(String name, long steps) {
            this.name = name;
            this.steps = steps;
        }

        void step() {
            within = "";
            lastStep = System.nanoTime();
            if (done++ == 0) {
                firstStep = lastStep;
            }
        }

        void within(String what, long parts, long all) {
            within = "  " + what + ' ' + parts + '/' + all;
        }

        String count() {
            return steps > 0 ? " " + done + '/' + steps : "";
        }

        /// The remaining time if every step takes as long as those before, or an empty string if that cannot be told.
        /// The first step is left out: it is the one that loads and compiles.
        String left() {
            if (done < 2 || done >= steps) {
                return "";
            }
            double left = (lastStep - firstStep) / 1e9 / (done - 1) * (steps - done) - seconds(lastStep);
            return String.format(Locale.ROOT, "  about %.0f s left", Math.max(0, left));
        }
    }

    /// @param silent says nothing but errors
    ConsoleProgress(PrintWriter err, Terminal terminal, boolean silent) {
        this.err = err;
        this.terminal = terminal;
        this.bar = terminal.bar() && !silent;
        this.silent = silent;
        Runtime.getRuntime().addShutdownHook(interruption);
    }

    /// Says what an interrupted command leaves: "interrupted after N of M" and then this.
    public synchronized void onInterrupt(String remedy) {
        this.remedy = remedy;
    }

    @Override
    public synchronized void phase(String name, long steps) {
        end();
        phase = new Phase(name, steps);
        changed = true;
        if (bar && clock == null && !closed) {
            clock = Thread.ofPlatform().daemon().name("progress").start(this::redraw);
        }
    }

    @Override
    public synchronized void step() {
        if (phase != null) {
            phase.step();
            changed = true;
        }
    }

    @Override
    public synchronized void within(String what, long done, long parts) {
        if (phase != null) {
            phase.within(what, done, parts);
            changed = true;
        }
    }

    /// Progress inside one step: its phases are shown behind the bar and take no lines of their own.
    Progress detail() {
        return new Progress() {
            @Override
            public void phase(String name, long steps) {
                synchronized (ConsoleProgress.this) {
                    detail = new Phase(name, steps);
                    changed = true;
                }
            }

            @Override
            public void step() {
                synchronized (ConsoleProgress.this) {
                    detail.step();
                    changed = true;
                }
            }

            @Override
            public void within(String what, long done, long parts) {
                synchronized (ConsoleProgress.this) {
                    detail.within(what, done, parts);
                    changed = true;
                }
            }
        };
    }

    /// One step of the phase is done; it is worth a line of its own.
    synchronized void step(String what) {
        phase.step();
        detail = null;
        if (!silent) {
            line(String.format(Locale.ROOT, "%6.1f s  %d/%d  %s", seconds(start), phase.done, phase.steps,
                    what + (bar ? "" : phase.left())));
        }
    }

    /// A line of its own.
    synchronized void note(String line) {
        if (!silent) {
            line(line);
        }
    }

    /// A line of its own that is shown even when silent.
    synchronized void error(String line) {
        line(line);
    }

    /// A warning, shown even when silent; may come from any thread.
    synchronized void warning(String line) {
        line("warning: " + Failures.clean(line));
    }

    /// Whether [#text(String, PrintWriter)] shows anything.
    boolean showsText() {
        return bar;
    }

    /// Shows a piece of text as it is generated, in place of the bar, which comes back with the next phase.
    ///
    /// @param to a stream of the same terminal
    synchronized void text(String piece, PrintWriter to) {
        if (!bar || closed || piece.isEmpty()) {
            return;
        }
        if (text == null) {
            clear();
            text = to;
        }
        to.print(Texts.indented(piece, 0));
        to.flush();
    }

    private void line(String line) {
        clear();
        err.println(line);
        err.flush();
        changed = true;
    }

    private synchronized void redraw() {
        try {
            while (!closed) {
                wait(LEAST_MILLIS);
                if (changed || System.nanoTime() - lastDraw > REDRAW_NANOS) {
                    draw();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody wants the thread to end
        }
    }

    private void draw() {
        if (phase == null || text != null || closed) {
            return;
        }
        String inner = phase.within + (detail == null ? "" : "  " + detail.name + detail.count() + detail.within);
        double filled = phase.steps > 0 ? (double) phase.done / phase.steps : Double.NaN;
        String head = String.format(Locale.ROOT, "%6.1f s  %-18s", seconds(start), phase.name);
        err.print(CLEAR + new StatusLine(head, filled, phase.count(), phase.left(), inner)
                .fit(terminal.columns().getAsInt()));
        err.flush();
        drawn = true;
        changed = false;
        lastDraw = System.nanoTime();
    }

    /// Leaves the cursor at the start of an empty line.
    private void clear() {
        if (text != null) {
            text.println();
            text.flush();
            text = null;
        } else if (drawn) {
            err.print(CLEAR);
            err.flush();
        }
        drawn = false;
    }

    @Override
    public synchronized void end() {
        if (phase != null && !silent) {
            line(String.format(Locale.ROOT, "%6.1f s  %-18s done in %.1f s", seconds(start), phase.name,
                    seconds(phase.start)));
        }
        phase = null;
        detail = null;
    }

    /// The process ends before the command did.
    private synchronized void interrupted() {
        if (closed) {
            return;
        }
        clear();
        if (remedy != null && phase != null && phase.steps > 0) {
            err.println("interrupted after " + phase.done + " of " + phase.steps + "; " + remedy);
            err.flush();
        }
        closed = true;
        notifyAll();
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return; // twice, or by the end of the process
            }
            end();
            clear();
            closed = true;
            notifyAll();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(interruption);
        } catch (IllegalStateException e) {
            err.flush(); // the process is ending; its hook finds the progress closed
        }
    }
}
