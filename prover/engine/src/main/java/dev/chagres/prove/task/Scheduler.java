package dev.chagres.prove.task;

import dev.chagres.prove.task.TaskGraph.Node;
import java.util.ArrayList;
import java.util.List;

/// Runs task graphs on a fixed number of threads.
///
/// A task starts when the results that it reads are there, a lane is free, and its memory fits beside that of the running tasks. A wide
/// task waits for all lanes; none starts meanwhile that comes after it. What a task computes must not depend on when and where it runs.
public final class Scheduler {
    private final int threads;
    private final int lanes;
    private final long budget;

    /// @param threads in all
    /// @param lanes how many tasks run at the same time, with `threads / lanes` threads each
    /// @param budget bytes of all running tasks together
    public Scheduler(int threads, int lanes, long budget) {
        if (lanes < 1 || threads < lanes) {
            throw new IllegalArgumentException(threads + " threads for " + lanes + " lanes");
        }
        this.threads = threads;
        this.lanes = lanes;
        this.budget = budget;
    }

    /// Runs all tasks and returns the result of one of them; all other results have been closed then.
    ///
    /// @throws RuntimeException what a task has thrown, after the tasks that were running then have ended and all results have been
    ///     closed; of several failures, that of the task added first
    /// @throws IllegalArgumentException if a task alone is over the budget
    public <T> T run(TaskGraph graph, Node<T> wanted) {
        for (Node<?> node : graph.nodes()) {
            if (node.needs().bytes() > budget) {
                throw new IllegalArgumentException(
                        "task " + node + " needs " + node.needs().bytes() + " bytes, " + budget + " are allowed");
            }
        }
        Run run = new Run(graph, wanted);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < lanes; i++) {
            others.add(Thread.ofPlatform().name("task-" + i).start(run::lane));
        }
        run.lane();
        Threads.join(others);
        return run.result();
    }

    /// One run of a graph. All state is guarded by this object.
    private final class Run {
        private final Node<?> wanted;
        private final Object[] results;
        /// Inputs that a task still waits for.
        private final int[] waiting;
        /// Readers of a result that are not done.
        private final int[] readers;
        /// Tasks that have not started, in order.
        private final List<Node<?>> pending;
        private int running;
        private boolean wideRunning;
        private long bytes;
        private int failedTask = Integer.MAX_VALUE;
        private Throwable failure;

        Run(TaskGraph graph, Node<?> wanted) {
            this.wanted = wanted;
            this.pending = new ArrayList<>(graph.nodes());
            int n = pending.size();
            this.results = new Object[n];
            this.waiting = pending.stream().mapToInt(node -> node.reads().size()).toArray();
            this.readers = pending.stream().mapToInt(node -> node.readers().size()).toArray();
        }

        /// Runs tasks until none is left.
        void lane() {
            Node<?> node;
            while ((node = next()) != null) {
                run(node);
            }
        }

        /// Waits for a task that may start; null when there will be none.
        private synchronized Node<?> next() {
            while (true) {
                if (pending.isEmpty() || failure != null) {
                    return null;
                }
                Node<?> node = ready();
                if (node != null) {
                    pending.remove(node);
                    running++;
                    bytes += node.needs().bytes();
                    wideRunning = node.needs().wide();
                    return node;
                }
                try {
                    wait();
                } catch (InterruptedException e) {
                    fail(pending.getFirst(), new IllegalStateException("interrupted", e));
                    Thread.currentThread().interrupt();
                }
            }
        }

        private Node<?> ready() {
            if (wideRunning) {
                return null;
            }
            for (Node<?> node : pending) {
                if (waiting[node.index()] == 0) {
                    if (node.needs().wide()) {
                        return running == 0 ? node : null;
                    }
                    if (running < lanes && bytes + node.needs().bytes() <= budget) {
                        return node;
                    }
                }
            }
            return null;
        }

        private <R> void run(Node<R> node) {
            int share = node.needs().wide() ? threads : Math.max(1, threads / lanes);
            TaskEvent event = new TaskEvent(node.name(), node.needs().bytes(), share);
            event.begin();
            R result = null;
            Throwable thrown = null;
            try {
                result = node.work().run(inputs(node), share);
            } catch (RuntimeException | Error e) {
                thrown = e;
            }
            event.commit();
            done(node, result, thrown);
        }

        private TaskGraph.Inputs inputs(Node<?> node) {
            return new TaskGraph.Inputs() {
                @Override
                @SuppressWarnings("unchecked") // the result of a Node<T> is a T
                public <T> T of(Node<T> read) {
                    if (!node.reads().contains(read)) {
                        throw new IllegalArgumentException(node + " does not read " + read);
                    }
                    synchronized (Run.this) {
                        return (T) results[read.index()];
                    }
                }
            };
        }

        private synchronized void done(Node<?> node, Object result, Throwable thrown) {
            running--;
            bytes -= node.needs().bytes();
            if (node.needs().wide()) {
                wideRunning = false;
            }
            results[node.index()] = result;
            if (thrown != null) {
                fail(node, thrown);
            }
            for (Node<?> read : node.reads()) {
                readers[read.index()]--;
                release(read);
            }
            release(node);
            node.readers().forEach(reader -> waiting[reader.index()]--);
            notifyAll();
        }

        private void fail(Node<?> node, Throwable thrown) {
            if (node.index() < failedTask) {
                if (failure != null) {
                    thrown.addSuppressed(failure);
                }
                failedTask = node.index();
                failure = thrown;
            } else {
                failure.addSuppressed(thrown);
            }
        }

        /// Closes a result that nobody will read.
        private void release(Node<?> node) {
            if (readers[node.index()] == 0 && node != wanted) {
                close(node.index());
            }
        }

        private void close(int index) {
            Object result = results[index];
            results[index] = null;
            if (result instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    throw new IllegalStateException("a result could not be closed", e);
                }
            }
        }

        @SuppressWarnings("unchecked") // the result of the wanted Node<T> is a T
        synchronized <T> T result() {
            if (failure == null) {
                return (T) results[wanted.index()];
            }
            for (int i = 0; i < results.length; i++) {
                close(i);
            }
            if (failure instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) failure;
        }
    }
}
