package dev.chagres.prove.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A directed acyclic graph of tasks: a task reads the results of earlier ones. Tasks that are ready at the same time
/// start in the order in which they were added, so the long ones come first.
///
/// For one thread; complete before it is run.
public final class TaskGraph {
    private final List<Node<?>> nodes = new ArrayList<>();

    /// The computation of a task.
    ///
    /// @param <T> its result; one that is [AutoCloseable] is closed when its last reader is done
    @FunctionalInterface
    public interface Work<T> {
        /// @param inputs results of the tasks that it reads
        T run(Inputs inputs);
    }

    /// Results of other tasks.
    @FunctionalInterface
    public interface Inputs {
        /// @throws IllegalArgumentException if the task does not read that one
        <T> T of(Node<T> node);
    }

    /// A task of the graph.
    public static final class Node<T> {
        private final int index;
        private final String name;
        private final Needs needs;
        private final Set<Node<?>> reads;
        private final Work<T> work;
        private final List<Node<?>> readers = new ArrayList<>();

        private Node(int index, String name, Needs needs, Set<Node<?>> reads, Work<T> work) {
            this.index = index;
            this.name = name;
            this.needs = needs;
            this.reads = reads;
            this.work = work;
        }

        /// For events and errors.
        public String name() {
            return name;
        }

        public Needs needs() {
            return needs;
        }

        /// The tasks whose results it reads.
        public Set<Node<?>> reads() {
            return reads;
        }

        int index() {
            return index;
        }

        List<Node<?>> readers() {
            return readers;
        }

        Work<T> work() {
            return work;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// Adds a task.
    ///
    /// @param reads tasks of this graph that must be done before; their results are its inputs
    public <T> Node<T> add(String name, Needs needs, List<? extends Node<?>> reads, Work<T> work) {
        Node<T> node = new Node<>(nodes.size(), name, needs, new LinkedHashSet<>(reads), work);
        for (Node<?> read : node.reads) {
            if (read.index >= nodes.size() || nodes.get(read.index) != read) {
                throw new IllegalArgumentException(name + " reads a task of another graph: " + read);
            }
            read.readers.add(node);
        }
        nodes.add(node);
        return node;
    }

    /// All tasks, in the order in which they were added.
    public List<Node<?>> nodes() {
        return List.copyOf(nodes);
    }
}
