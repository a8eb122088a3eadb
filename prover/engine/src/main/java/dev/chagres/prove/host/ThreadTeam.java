package dev.chagres.prove.host;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The threads of an engine: the only place where the prover starts any. A caller runs its batch of tasks itself, and
/// threads that are idle help: those of the team, and callers that wait for something else
/// ([#assistUntil(BooleanSupplier)]). So a loop inside one section uses the threads that other sections have left, and
/// nothing waits for a thread that is busy.
///
/// Batches may be short: a token of inference is some two hundred batches of a few dozen microseconds each. Between
/// batches a thread spins for a moment before it sleeps.
public final class ThreadTeam implements AutoCloseable {
    /// Checks for new work before a thread sleeps: some tens of microseconds.
    private static final int SPINS = 2000;
    private static final Batch[] NONE = {};

    private final int threads;
    private final Thread[] helpers;
    /// Batches with tasks that nobody has taken yet, oldest first; replaced, never changed.
    private volatile Batch[] open = NONE;
    /// Threads that look for work or sleep; replaced, never changed.
    private volatile Waiter[] waiters = {};
    private volatile boolean closed;

    /// A piece of work.
    public interface Task {
        /// @param worker in [0, threads of the batch), one task of the batch at a time, for scratch memory
        /// @param index number of the task
        void run(int worker, int index);
    }

    /// @param threads in all, a caller's included; at least 1
    /// @throws OutOfMemoryError if the system gives fewer; none runs then
    public ThreadTeam(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
        this.threads = threads;
        this.helpers = new Thread[threads - 1];
        try {
            for (int i = 0; i < helpers.length; i++) {
                helpers[i] = Thread.ofPlatform().daemon().name("chagres-" + (i + 1))
                        .start(() -> assist(() -> closed, true));
            }
        } catch (RuntimeException | Error e) {
            close(); // those that were started
            throw e;
        }
    }

    /// Starts a thread that waits for another machine; it is none of a team, and has next to no work of its own.
    ///
    /// @param name for listings
    public static void startWaiting(String name, Runnable call) {
        Thread.ofVirtual().name("chagres-" + name).start(call);
    }

    /// Threads in all, a caller's included.
    public int threads() {
        return threads;
    }

    /// Runs tasks 0 .. tasks - 1, started in this order, and waits for them.
    ///
    /// @param most threads that run them at the same time, the caller's included
    /// @throws RuntimeException what a task has thrown; of several, that of the task with the smallest number
    public void run(int tasks, int most, Task task) {
        run(tasks, most, task, false);
    }

    /// As [#run(int, int, Task)], for tasks that take long and run batches themselves: a thread that waits inside
    /// another batch does not begin one.
    public void runLong(int tasks, Task task) {
        run(tasks, threads, task, true);
    }

    private void run(int tasks, int most, Task task, boolean slow) {
        int workers = Math.min(Math.min(most, threads), tasks);
        if (workers <= 1) {
            for (int i = 0; i < tasks; i++) {
                task.run(0, i);
            }
            return;
        }
        Batch batch = new Batch(tasks, workers, task, slow, Thread.currentThread());
        open(batch);
        wake(workers - 1);
        batch.drain(0);
        close(batch);
        batch.await();
    }

    private synchronized void open(Batch batch) {
        Batch[] more = new Batch[open.length + 1];
        System.arraycopy(open, 0, more, 0, open.length);
        more[open.length] = batch;
        open = more;
    }

    private synchronized void close(Batch batch) {
        open = without(open, batch, NONE);
    }

    private static <T> T[] without(T[] all, T one, T[] none) {
        if (all.length == 1 && all[0] == one) {
            return none;
        }
        T[] fewer = java.util.Arrays.copyOf(all, all.length - 1);
        int n = 0;
        for (T other : all) {
            if (other != one) {
                fewer[n++] = other;
            }
        }
        return fewer;
    }

    /// Helps with open batches until a condition holds, or the thread is interrupted. Whoever makes the condition true
    /// calls [#wakeAll()] afterwards.
    public void assistUntil(BooleanSupplier condition) {
        assist(condition, false);
    }

    /// Lets waiting threads look at their conditions again.
    public void wakeAll() {
        wake(Integer.MAX_VALUE);
    }

    private void wake(int most) {
        int woken = 0;
        for (Waiter w : waiters) {
            if (woken == most) {
                return;
            }
            if (w.asleep) {
                LockSupport.unpark(w.thread);
                woken++;
            }
        }
    }

    /// A thread that looks for work.
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean asleep;
    }

    /// @param slow whether the thread may begin tasks that take long
    private void assist(BooleanSupplier condition, boolean slow) {
        Waiter me = new Waiter();
        add(me);
        try {
            for (int spins = 0; !condition.getAsBoolean() && !me.thread.isInterrupted(); ) {
                if (help(slow)) {
                    spins = 0;
                } else if (++spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    sleep(me, condition, slow);
                    spins = 0;
                }
            }
        } finally {
            remove(me);
        }
    }

    /// Sleeps until woken, unless there is something to do already.
    private void sleep(Waiter me, BooleanSupplier condition, boolean slow) {
        me.asleep = true;
        if (find(slow) == null && !condition.getAsBoolean()) {
            LockSupport.park(this);
        }
        me.asleep = false;
    }

    private synchronized void add(Waiter w) {
        Waiter[] more = java.util.Arrays.copyOf(waiters, waiters.length + 1);
        more[waiters.length] = w;
        waiters = more;
    }

    private synchronized void remove(Waiter w) {
        waiters = without(waiters, w, new Waiter[0]);
    }

    private Batch find(boolean slow) {
        for (Batch batch : open) {
            if ((slow || !batch.slow) && batch.wantsHelp()) {
                return batch;
            }
        }
        return null;
    }

    private boolean help(boolean slow) {
        Batch batch = find(slow);
        int worker = batch == null ? -1 : batch.join();
        if (worker < 0) {
            return false;
        }
        batch.drain(worker);
        return true;
    }

    /// Ends the threads; no batch runs then.
    @Override
    public void close() {
        closed = true;
        wakeAll();
        boolean interrupted = false;
        for (Thread h : helpers) {
            while (h != null && h.isAlive()) {
                try {
                    h.join();
                } catch (InterruptedException e) {
                    interrupted = true; // passed on below
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Batch {
        private final int tasks;
        private final int workers;
        private final Task task;
        private final boolean slow;
        private final Thread caller;
        private final AtomicInteger joined = new AtomicInteger(1);
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile int failedTask = Integer.MAX_VALUE;
        private Throwable failure;

        Batch(int tasks, int workers, Task task, boolean slow, Thread caller) {
            this.tasks = tasks;
            this.workers = workers;
            this.task = task;
            this.slow = slow;
            this.caller = caller;
        }

        boolean wantsHelp() {
            return next.get() < tasks && joined.get() < workers;
        }

        /// The number of a new worker; -1 if there are enough.
        int join() {
            int n;
            do {
                n = joined.get();
                if (n == workers) {
                    return -1;
                }
            } while (!joined.compareAndSet(n, n + 1));
            return n;
        }

        /// Runs tasks until none is left. Once a task has failed, later ones are skipped; earlier ones are all under
        /// way.
        void drain(int worker) {
            int i;
            while ((i = next.getAndIncrement()) < tasks) {
                if (i < failedTask) {
                    try {
                        task.run(worker, i);
                    } catch (RuntimeException | Error e) {
                        fail(i, e);
                    }
                }
                if (done.incrementAndGet() == tasks && Thread.currentThread() != caller) {
                    LockSupport.unpark(caller);
                }
            }
        }

        private synchronized void fail(int index, Throwable e) {
            if (index < failedTask) {
                failure = e;
                failedTask = index;
            }
        }

        /// Waits for the tasks of other workers, even if the caller is interrupted: they use its memory. The interrupt
        /// is passed on.
        void await() {
            boolean interrupted = false;
            for (int i = 0; done.get() < tasks; i++) {
                if (i < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                    interrupted |= Thread.interrupted();
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure instanceof Error e) {
                throw e;
            }
            if (failure != null) {
                throw (RuntimeException) failure;
            }
        }
    }
}
