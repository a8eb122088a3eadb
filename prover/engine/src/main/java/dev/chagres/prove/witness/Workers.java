package dev.chagres.prove.witness;

import dev.chagres.graph.Evaluation.Task;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Threads that stay ready for many short batches of tasks, the caller's thread among them: a token of inference is some two hundred batches
/// of a few dozen microseconds each. Between batches a thread spins for a moment before it sleeps.
///
/// One batch at a time, from one calling thread.
final class Workers implements AutoCloseable {
    /// Checks for new work before a thread sleeps: some tens of microseconds.
    private static final int SPINS = 2000;

    private final List<TaskMemory> memories;
    private final Helper[] helpers;
    private volatile Batch current;
    private volatile boolean closed;

    /// @param memories one for every thread, the caller's first
    Workers(List<TaskMemory> memories) {
        this.memories = memories;
        this.helpers = IntStream.range(1, memories.size()).mapToObj(Helper::new).toArray(Helper[]::new);
    }

    /// Runs all tasks of a batch and waits for them; if tasks fail, throws the failure of the one with the smallest index.
    void run(int tasks, Task task) {
        if (tasks == 0) {
            return;
        }
        Batch batch = new Batch(tasks, task, Thread.currentThread());
        if (tasks > 1 && helpers.length > 0) {
            current = batch;
            for (int i = 0; i < Math.min(helpers.length, tasks - 1); i++) {
                helpers[i].wake();
            }
        }
        batch.drain(memories.getFirst());
        batch.await();
    }

    @Override
    public void close() {
        closed = true;
        for (Helper h : helpers) {
            LockSupport.unpark(h.thread);
        }
        boolean interrupted = false;
        for (Helper h : helpers) {
            while (h.thread.isAlive()) {
                try {
                    h.thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // the threads use memory that the caller will free: wait, then pass it on
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Helper {
        private final int index;
        private final Thread thread;
        private volatile boolean asleep;

        Helper(int index) {
            this.index = index;
            this.thread = Thread.ofPlatform().daemon().name("run-" + index).unstarted(this::work);
            thread.start();
        }

        void wake() {
            if (asleep) {
                LockSupport.unpark(thread);
            }
        }

        private void work() {
            Batch seen = null;
            while (true) {
                Batch next = next(seen);
                if (next == null) {
                    return;
                }
                next.drain(memories.get(index));
                seen = next;
            }
        }

        /// The next batch; null when the threads are to end.
        private Batch next(Batch seen) {
            for (int i = 0; i < SPINS; i++) {
                if (current != seen || closed) {
                    return closed ? null : current;
                }
                Thread.onSpinWait();
            }
            asleep = true;
            while (current == seen && !closed) {
                LockSupport.park(this);
            }
            asleep = false;
            return closed ? null : current;
        }
    }

    private static final class Batch {
        private final int tasks;
        private final Task task;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile int failedTask = Integer.MAX_VALUE;
        private Throwable failure;

        Batch(int tasks, Task task, Thread caller) {
            this.tasks = tasks;
            this.task = task;
            this.caller = caller;
        }

        /// Runs tasks until none is left. Once a task has failed, later ones are skipped; earlier ones are all under way.
        void drain(TaskMemory memory) {
            int i;
            while ((i = next.getAndIncrement()) < tasks) {
                if (i < failedTask) {
                    try {
                        memory.reset();
                        task.run(memory, i);
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

        void await() {
            for (int i = 0; done.get() < tasks; i++) {
                if (i < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
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
