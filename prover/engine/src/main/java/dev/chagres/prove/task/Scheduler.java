package dev.chagres.prove.task;

import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.task.TaskGraph.Node;
import java.util.ArrayList;
import java.util.List;

/// Runs task graphs on the threads of a team.
///
/// A task starts when the results that it reads are there, a slot is free, and its memory fits beside that of the
/// running tasks. A wide task waits for all slots; none starts meanwhile that comes after it. A slot without a task
/// helps with the loops of the others. A task whose work is elsewhere takes no slot: it starts as soon as its inputs are
/// there, and waits on a thread of its own. What a task computes must not depend on when and where it runs.
public final class Scheduler {
    private final ThreadTeam team;
    private final int slots;
    private final long budget;

    /// @param slots how many tasks run at the same time, at most the threads of the team
    /// @param budget bytes of all running tasks together
    public Scheduler(ThreadTeam team, int slots, long budget) {
        if (slots < 1 || team.threads() < slots) {
            throw new IllegalArgumentException(team.threads() + " threads for " + slots + " slots");
        }
        this.team = team;
        this.slots = slots;
        this.budget = budget;
    }

    /// Runs all tasks and returns the result of one of them; all other results have been closed then.
    ///
    /// @throws RuntimeException what a task has thrown, after the tasks that were running then have ended and all
    ///     results have been closed; of several failures, that of the task added first
    /// @throws IllegalArgumentException if a task alone is over the budget
    public <T> T run(TaskGraph graph, Node<T> wanted) {
        for (Node<?> node : graph.nodes()) {
            if (node.needs().bytes() > budget) {
                throw new IllegalArgumentException(
                        "task " + node + " needs " + node.needs().bytes() + " bytes, " + budget + " are allowed");
            }
        }
        Run run = new Run(graph, wanted);
        run.startElsewhere();
        team.runLong(slots, (_, _) -> run.slot());
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
        /// Tasks that wait for other machines.
        private int away;
        private boolean wideRunning;
        private long bytes;
        /// Counts the ends of tasks.
        private volatile int ended; // written under the lock
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

        /// Runs tasks until none is left and all have ended.
        void slot() {
            boolean interrupted = false;
            while (true) {
                int seen = ended;
                Node<?> node = next();
                if (node != null) {
                    run(node);
                } else if (over()) {
                    break;
                } else {
                    team.assistUntil(() -> ended != seen);
                    if (Thread.interrupted()) {
                        interrupted = true;
                        interrupt();
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /// A task that may start; null when there is none now.
        private synchronized Node<?> next() {
            if (failure != null) {
                return null;
            }
            Node<?> node = ready();
            if (node != null) {
                pending.remove(node);
                running++;
                wideRunning = node.needs().wide();
                bytes += node.needs().bytes();
            }
            return node;
        }

        private synchronized boolean over() {
            return running == 0 && away == 0 && (pending.isEmpty() || failure != null);
        }

        private synchronized void interrupt() {
            if (!pending.isEmpty()) {
                fail(pending.getFirst(), new IllegalStateException("interrupted"));
            }
        }

        private Node<?> ready() {
            boolean closed = wideRunning;
            for (Node<?> node : pending) {
                if (waiting[node.index()] > 0 || node.needs().elsewhere()) {
                    continue;
                }
                boolean room = node.needs().wide() ? running == 0
                        : running < slots && bytes + node.needs().bytes() <= budget;
                if (room && !closed) {
                    return node;
                }
                closed |= node.needs().wide();
            }
            return null;
        }

        /// Starts all tasks elsewhere whose inputs are there.
        void startElsewhere() {
            List<Node<?>> all = new ArrayList<>();
            synchronized (this) {
                for (Node<?> node : pending) {
                    if (failure == null && node.needs().elsewhere() && waiting[node.index()] == 0) {
                        all.add(node);
                    }
                }
                pending.removeAll(all);
                away += all.size();
                all.forEach(node -> bytes += node.needs().bytes());
            }
            all.forEach(node -> ThreadTeam.startWaiting(node.name(), () -> away(node)));
        }

        /// Runs a task on a thread that nobody waits for: what goes wrong beside its work is its failure, too.
        private void away(Node<?> node) {
            try {
                run(node);
            } catch (RuntimeException | Error e) {
                synchronized (this) {
                    fail(node, e);
                    ended++;
                }
                team.wakeAll();
            }
        }

        private <R> void run(Node<R> node) {
            TaskEvent event = new TaskEvent(node.name(), node.needs().bytes());
            event.begin();
            R result = null;
            Throwable thrown = null;
            try {
                result = node.work().run(inputs(node));
            } catch (RuntimeException | Error e) {
                thrown = e;
            }
            event.commit();
            done(node, result, thrown);
            startElsewhere();
            team.wakeAll();
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
            if (node.needs().elsewhere()) {
                away--;
            } else {
                running--;
            }
            ended++;
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
