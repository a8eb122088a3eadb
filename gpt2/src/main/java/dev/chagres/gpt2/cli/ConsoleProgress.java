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
            if (done > 0 && done < steps) {
                double left = seconds(phaseStart) / done * (steps - done);
                bar.append(String.format(Locale.ROOT, "  about %.0f s left", left));
            }
        }
        err.print(bar);
        err.flush();
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
