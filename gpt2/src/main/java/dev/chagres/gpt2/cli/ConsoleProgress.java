package dev.chagres.gpt2.cli;

import dev.chagres.prove.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/// Progress on standard error: one bar that is redrawn on a terminal, a line per phase otherwise.
public final class ConsoleProgress implements Progress, AutoCloseable {
    private static final int WIDTH = 24;

    private final PrintWriter err;
    private final boolean terminal;
    private final boolean silent;
    private final long start = System.nanoTime();
    private String name;
    private String detail = "";
    private long steps;
    private long done;
    private long phaseStart;

    ConsoleProgress(PrintWriter err, boolean terminal, boolean silent) {
        this.err = err;
        this.terminal = terminal;
        this.silent = silent;
    }

    @Override
    public synchronized void phase(String name, long steps) {
        finishPhase();
        this.name = name;
        this.detail = "";
        this.steps = steps;
        this.done = 0;
        this.phaseStart = System.nanoTime();
        draw();
    }

    @Override
    public synchronized void step() {
        done++;
        draw();
    }

    /// Progress inside one step: its phases are shown behind the bar and take no lines of their own.
    Progress detail() {
        return new Progress() {
            @Override
            public void phase(String name, long steps) {
                showDetail(name);
            }

            @Override
            public void step() {}
        };
    }

    private synchronized void showDetail(String name) {
        detail = name;
        draw();
    }

    /// One step of the phase is done; it is worth a line of its own.
    synchronized void step(String what) {
        done++;
        detail = "";
        if (!silent) {
            line(String.format(Locale.ROOT, "%6.1f s  %d/%d  %s", seconds(start), done, steps, what + (terminal ? "" : left())));
        }
    }

    /// A line of its own that is shown even when silent.
    synchronized void error(String line) {
        line(line);
    }

    private void line(String line) {
        err.println(terminal && !silent ? "\r\033[K" + line : line);
        err.flush();
        draw();
    }

    private void draw() {
        if (silent || !terminal || name == null) {
            return;
        }
        StringBuilder bar = new StringBuilder("\r\033[K");
        bar.append(String.format(Locale.ROOT, "%6.1f s  %-18s", seconds(start), name));
        if (steps > 0) {
            int filled = (int) (WIDTH * Math.min(done, steps) / steps);
            bar.append(" [").append("#".repeat(filled)).append(".".repeat(WIDTH - filled)).append("] ")
                    .append(done).append('/').append(steps);
            bar.append(left());
        }
        if (!detail.isEmpty()) {
            bar.append("  ").append(detail);
        }
        err.print(bar);
        err.flush();
    }

    /// The remaining time of the phase, if it can be told.
    private String left() {
        return done > 0 && done < steps
                ? String.format(Locale.ROOT, "  about %.0f s left", seconds(phaseStart) / done * (steps - done))
                : "";
    }

    private void finishPhase() {
        if (name != null && !silent) {
            String line = String.format(Locale.ROOT, "%6.1f s  %-18s done in %.1f s", seconds(start), name,
                    seconds(phaseStart));
            err.println(terminal ? "\r\033[K" + line : line);
            err.flush();
        }
        name = null;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    @Override
    public synchronized void close() {
        finishPhase();
    }
}
