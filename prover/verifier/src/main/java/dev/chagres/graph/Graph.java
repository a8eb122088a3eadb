package dev.chagres.graph;

import dev.chagres.field.M31;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A compiled model at one sequence length: sections of operations and the lookup tables they share.
///
/// @param keyColumns columns of the model key, in commitment order
/// @param sections in evaluation order; each is proved in its own fork
/// @param tables all tables, in the order of their tree
public record Graph(List<Column> keyColumns, List<Section> sections, List<Table> tables) {
    /// @throws IllegalArgumentException if the lookups of a table could wrap modulo p or a table is missing
    public Graph {
        keyColumns = List.copyOf(keyColumns);
        sections = List.copyOf(sections);
        tables = List.copyOf(tables);
        Set<Column> known = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Section s : sections) {
            for (Column input : s.inputs()) {
                if (!known.contains(input)) {
                    throw new IllegalArgumentException(s.name() + " reads " + input + ", which no earlier section has");
                }
            }
            s.operations().forEach(o -> known.addAll(o.columns()));
            for (Lookup g : s.segments()) {
                if (!tables.contains(g.table())) {
                    throw new IllegalArgumentException(g.name() + " uses an unknown table " + g.table());
                }
            }
        }
        overfull(sections).ifPresent(message -> {
            throw new IllegalArgumentException(message);
        });
        Set<Integer> ids = new LinkedHashSet<>();
        for (Table t : tables) {
            if (!ids.add(t.id())) {
                throw new IllegalArgumentException("two tables with id " + t.id());
            }
        }
    }

    /// The first table that is looked up p times or more, so that its multiplicities could wrap modulo p. Counts of
    /// different tables never add up in the lookup argument, because their tuples have different ids
    /// (docs/soundness.md, section 5).
    ///
    /// @return one line for people, or nothing
    public static Optional<String> overfull(List<Section> sections) {
        Map<Table, Long> lookups = new IdentityHashMap<>();
        for (Section s : sections) {
            for (Lookup g : s.segments()) {
                long count = lookups.merge(g.table(), g.shape().size(), Long::sum);
                if (count >= M31.P) {
                    return Optional.of(count + " lookups of table " + g.table()
                            + ": multiplicities could wrap modulo p");
                }
            }
        }
        return Optional.empty();
    }

    /// The columns of a section that later ones read: what comes out of it.
    public List<Column> outputs(int section) {
        Set<Column> read = Collections.newSetFromMap(new IdentityHashMap<>());
        sections.subList(section + 1, sections.size()).forEach(s -> read.addAll(s.inputs()));
        return sections.get(section).operations().stream().flatMap(o -> o.columns().stream()).filter(read::contains)
                .toList();
    }

    /// All operations in evaluation order.
    public List<Operation> operations() {
        return sections.stream().flatMap(s -> s.operations().stream()).toList();
    }

    /// All columns of the witness commitment in order: operations, then table multiplicities.
    public List<Column> witnessColumns() {
        List<Column> result = new ArrayList<>();
        for (Operation o : operations()) {
            result.addAll(o.columns());
        }
        for (Table t : tables) {
            result.add(t.multiplicity());
        }
        return result;
    }

    /// Number of lookups of the whole proof.
    public long lookups() {
        return sections.stream().mapToLong(Section::lookups).sum();
    }
}
