package dev.chagres.prove.task;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Runs independent tasks on a fixed number of threads, the caller's included. Results must not depend on which
/// worker runs a task; sums over workers are exact field sums, so they do not.
public final class Parallel {
    private final int threads;

    /// A piece of work.
    public interface Task {
        /// @param worker in [0, threads), one at a time, for scratch memory
        /// @param index number of the task
        void run(int worker, int index);
    }

    public Parallel(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
        this.threads = threads;
    }

    public int threads() {
        return threads;
    }

    /// Runs tasks 0 .. tasks - 1 and waits for all of them.
    public void run(int tasks, Task task) {
        int workers = Math.min(threads, tasks);
        if (workers <= 1) {
            for (int i = 0; i < tasks; i++) {
                task.run(0, i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] others = new Thread[workers - 1];
        for (int w = 1; w < workers; w++) {
            int worker = w;
            others[w - 1] = Thread.ofPlatform().name("commit-" + w).start(() -> drain(worker, tasks, next, failure, task));
        }
        drain(0, tasks, next, failure, task);
        Threads.join(List.of(others));
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a worker failed: " + thrown, thrown);
        }
    }

    private static void drain(int worker, int tasks, AtomicInteger next, AtomicReference<Throwable> failure, Task task) {
        try {
            int i;
            while (failure.get() == null && (i = next.getAndIncrement()) < tasks) {
                task.run(worker, i);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    /// A task over elements [from, to).
    public interface RangeTask {
        void run(int part, long from, long to);
    }

    /// Number of parts into which [#ranges(long, RangeTask)] cuts `n` elements.
    public int parts(long n) {
        return threads == 1 || n < 1 << 14 ? 1 : threads;
    }

    /// Cuts [0, n) into `parts(n)` ranges that start at multiples of 16.
    public void ranges(long n, RangeTask task) {
        int parts = parts(n);
        run(parts, (worker, i) -> task.run(i, bound(n, i, parts), bound(n, i + 1, parts)));
    }

    private static long bound(long n, int i, int parts) {
        return i == parts ? n : n * i / parts & -16L;
    }
}
