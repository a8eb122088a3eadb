package dev.chagres.graph;

import dev.chagres.lookup.Lookup;
import dev.chagres.tensor.Column;
import java.util.List;

/// Operations that share one fraction tree and one fork of the transcript.
///
/// @param name for errors and listings
/// @param operations in evaluation order
/// @param inputs columns of earlier sections of the graph that its operations read: all that it depends on, beside the
///     key and the sequence
/// @param reductions of all operations, in the order of the proof
public record Section(String name, List<Operation> operations, List<Column> inputs, List<Reduction> reductions) {
    /// @throws IllegalArgumentException if an operation is not reduced exactly once
    public Section {
        operations = List.copyOf(operations);
        inputs = List.copyOf(inputs);
        reductions = List.copyOf(reductions);
        List<Operation> reduced = reductions.stream().flatMap(r -> r.operations().stream()).toList();
        if (reduced.size() != operations.size() || !reduced.containsAll(operations)) {
            throw new IllegalArgumentException("the reductions of " + name + " are not about each operation once");
        }
    }

    /// A section whose operations all reduce alone.
    public Section(String name, List<Operation> operations, List<Column> inputs) {
        this(name, operations, inputs, List.copyOf(operations));
    }

    /// A section that reads nothing of others.
    public Section(String name, List<Operation> operations) {
        this(name, operations, List.of());
    }

    /// All lookups of the section, in tree order.
    public List<Lookup> segments() {
        return operations.stream().flatMap(o -> o.segments().stream()).toList();
    }

    /// Number of lookups of the section.
    public long lookups() {
        return segments().stream().mapToLong(g -> g.shape().size()).sum();
    }
}
