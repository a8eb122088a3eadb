package dev.chagres.graph;

import dev.chagres.lookup.Lookup;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Operations that share one fraction tree and one fork of the transcript.
///
/// @param name for errors and listings
/// @param operations in evaluation order
/// @param reads numbers of earlier sections of the graph whose tensors its operations read
/// @param reductions of all operations, in the order of the proof
public record Section(String name, List<Operation> operations, SortedSet<Integer> reads, List<Reduction> reductions) {
    /// @throws IllegalArgumentException if an operation is not reduced exactly once
    public Section {
        operations = List.copyOf(operations);
        reads = Collections.unmodifiableSortedSet(new TreeSet<>(reads));
        reductions = List.copyOf(reductions);
        List<Operation> reduced = reductions.stream().flatMap(r -> r.operations().stream()).toList();
        if (reduced.size() != operations.size() || !reduced.containsAll(operations)) {
            throw new IllegalArgumentException("the reductions of " + name + " are not about each operation once");
        }
    }

    /// A section whose operations all reduce alone.
    public Section(String name, List<Operation> operations, SortedSet<Integer> reads) {
        this(name, operations, reads, List.copyOf(operations));
    }

    /// A section that reads nothing of others.
    public Section(String name, List<Operation> operations) {
        this(name, operations, new TreeSet<>());
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
