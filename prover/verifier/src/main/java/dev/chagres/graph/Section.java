package dev.chagres.graph;

import dev.chagres.lookup.Lookup;
import java.util.List;

/// Operations that share one fraction tree and one fork of the transcript.
///
/// @param name for errors and listings
/// @param operations in evaluation order
public record Section(String name, List<Operation> operations) {
    public Section {
        operations = List.copyOf(operations);
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
