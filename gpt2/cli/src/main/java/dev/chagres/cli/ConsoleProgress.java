package dev.chagres.cli;

import dev.chagres.prove.profile.Progress;
import java.io.PrintWriter;
import java.util.Locale;

/// Progress on standard error: on a terminal one line with the phase, a bar and the remaining time, redrawn twice a second; a line
/// per phase otherwise.
public final class ConsoleProgress implements Progress, AutoCloseable {
    private static final int WIDTH = 24;
    private static final long REDRAW_MILLIS = 500;

    private final PrintWriter err;
    private final boolean terminal;
    private final boolean silent;
    private final long start = System.nanoTime();
    private Phase phase;
    /// What happens inside the current step; null when that is not told.
    private Phase detail;
    private Thread clock;

    /// A phase that is under way.
    private static final class Phase {
        final String name;
        final long steps;
        final long start = System.nanoTime();
        long done;
        long lastStep;

        Phase(String name, long steps) {
            this.name = name;
            this.steps = steps;
        }

        void step() {
            done++;
            lastStep = System.nanoTime();
        }

        /// The remaining time if every step takes as long as those before, or an empty string if that cannot be told.
        String left() {
            if (done == 0 || done >= steps) {
                return "";
            }
            double left = (lastStep - start) / 1e9 / done * (steps - done) - seconds(lastStep);
            return String.format(Locale.ROOT, "  about %.0f s left", Math.max(0, left));
        }
    }

    ConsoleProgress(PrintWriter err, boolean terminal, boolean silent) {
        this.err = err;
        this.terminal = terminal && !silent;
        this.silent = silent;
    }

    @Override
    public synchronized void phase(String name, long steps) {
        end();
        phase = new Phase(name, steps);
        if (terminal) {
            if (clock == null) {
                clock = Thread.ofPlatform().daemon().name("progress").start(this::redraw);
            }
            draw();
        }
    }

    @Override
    public synchronized void step() {
        if (phase != null) {
            phase.step();
            draw();
        }
    }

    /// Progress inside one step: its phases are shown behind the bar and take no lines of their own.
    Progress detail() {
        return new Progress() {
            @Override
            public void phase(String name, long steps) {
                synchronized (ConsoleProgress.this) {
                    detail = new Phase(name, steps);
                    draw();
                }
            }

            @Override
            public void step() {
                synchronized (ConsoleProgress.this) {
                    detail.step();
                    draw();
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
                    what + (terminal ? "" : phase.left())));
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

    private void line(String line) {
        err.println(terminal ? "\r\033[K" + line : line);
        err.flush();
        draw();
    }

    private synchronized void redraw() {
        try {
            while (clock != null) {
                wait(REDRAW_MILLIS);
                draw();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody wants the thread to end
        }
    }

    private void draw() {
        if (!terminal || phase == null) {
            return;
        }
        StringBuilder bar = new StringBuilder("\r\033[K");
        bar.append(String.format(Locale.ROOT, "%6.1f s  %-18s", seconds(start), phase.name));
        if (phase.steps > 0) {
            int filled = (int) (WIDTH * Math.min(phase.done, phase.steps) / phase.steps);
            bar.append(" [").append("#".repeat(filled)).append(".".repeat(WIDTH - filled)).append("] ")
                    .append(phase.done).append('/').append(phase.steps).append(phase.left());
        }
        if (detail != null) {
            bar.append("  ").append(detail.name);
            if (detail.steps > 0) {
                bar.append(' ').append(detail.done).append('/').append(detail.steps);
            }
        }
        err.print(bar);
        err.flush();
    }

    @Override
    public synchronized void end() {
        if (phase != null && !silent) {
            String line = String.format(Locale.ROOT, "%6.1f s  %-18s done in %.1f s", seconds(start), phase.name,
                    seconds(phase.start));
            err.println(terminal ? "\r\033[K" + line : line);
            err.flush();
        }
        phase = null;
        detail = null;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    @Override
    public synchronized void close() {
        end();
        clock = null;
        notifyAll();
    }
}
