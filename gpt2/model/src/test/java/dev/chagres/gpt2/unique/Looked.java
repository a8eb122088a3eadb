package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// What the lookups of an operation allow.
final class Looked {
    /// Entries of a table that is written down.
    private static final long LISTED = 1 << 20;

    private final Assignment values;
    private final Map<String, Lookup> lookups = new LinkedHashMap<>();
    private final Map<String, Residues> single = new HashMap<>();
    private final Map<String, Tuples> tuples = new HashMap<>();
    private final String operation;

    /// @param values has the columns of the key
    /// @param instead tables that take the place of those of the key, by name of the lookup without its operation
    Looked(Operation operation, Assignment values, Map<String, Table> instead) {
        this.values = values;
        this.operation = operation.name();
        for (Lookup l : operation.segments()) {
            String name = l.name().substring(this.operation.length() + 1);
            lookups.put(name, new Lookup(l.name(), instead.getOrDefault(name, l.table()), l.shape(), l.components()));
        }
        if (!lookups.keySet().containsAll(instead.keySet())) {
            throw new IllegalArgumentException(operation.name() + " has no lookup among " + instead.keySet());
        }
    }

    private Lookup lookup(String name) {
        Lookup l = lookups.get(name);
        if (l == null) {
            throw new IllegalArgumentException(operation + " has no lookup " + name);
        }
        return l;
    }

    Tuples tuples(String name) {
        return tuples.computeIfAbsent(name, n -> new Tuples(lookup(n).table(), values));
    }

    /// The residues that a lookup of one value allows it, each once.
    Residues allowed(String name) {
        return single.computeIfAbsent(name, n -> {
            IntStream.Builder all = IntStream.builder();
            Scaled s = scaled(n);
            int inverse = M31.inv(s.scale);
            tuples(n).forEach(t -> all.add(M31.mul(M31.sub(t[0], s.offset), inverse)));
            return new Residues(all.build().toArray());
        });
    }

    /// Which residues a lookup of one value allows it.
    private IntPredicate allows(String name) {
        Tuples all = tuples(name);
        if (all.size() <= LISTED) {
            return allowed(name)::has;
        }
        Scaled s = scaled(name);
        return value -> all.begins(M31.add(M31.mul(s.scale, value), s.offset));
    }

    /// component = scale value + offset
    private record Scaled(int scale, int offset) {}

    private Scaled scaled(String name) {
        Lookup l = lookup(name);
        if (l.components().size() != 1) {
            throw new IllegalArgumentException(name + " is a lookup of several values");
        }
        return switch (l.components().getFirst()) {
            case TupleComponent.Linear linear when linear.terms().size() == 1 -> new Scaled(
                    M31.embed(linear.terms().getFirst().scale()), M31.embed(linear.offset()));
            case TupleComponent.Linear linear -> throw new IllegalArgumentException(name + ": " + linear);
            case TupleComponent.Proved _ -> new Scaled(1, 0);
        };
    }

    /// Whether the tuple at a cell is in its table.
    boolean holds(String name, Cell cell) {
        Lookup l = lookup(name);
        int[] tuple = l.components().stream().mapToInt(c -> component(c, cell)).toArray();
        return tuples(name).has(tuple);
    }

    private int component(TupleComponent component, Cell cell) {
        return switch (component) {
            case TupleComponent.Proved(var v) -> values.get(v, cell.element(v.shape()));
            case TupleComponent.Linear linear -> {
                int sum = M31.embed(linear.offset());
                for (TupleComponent.Term t : linear.terms()) {
                    int value = values.get(t.column(), cell.element(t.column().shape()));
                    sum = M31.add(sum, M31.mul(M31.embed(t.scale()), value));
                }
                yield sum;
            }
        };
    }

    /// Lookups whose tuple at a cell is in no entry.
    List<String> broken(Cell cell) {
        return lookups.keySet().stream().filter(name -> !holds(name, cell)).toList();
    }

    /// All pairs of values that two lookups of one value each allow and that lie on a line.
    ///
    /// @param second value of the second from that of the first
    List<Map<Place, Integer>> pairs(String first, Place x, String second, Place y, Polynomial.Line line) {
        if (tuples(first).size() > tuples(second).size()) {
            return pairs(second, y, first, x, line.inverse());
        }
        List<Map<Place, Integer>> found = new ArrayList<>();
        IntPredicate others = allows(second);
        for (int value : allowed(first).all()) {
            if (others.test(line.at(value))) {
                found.add(Map.of(x, value, y, line.at(value)));
            }
        }
        return found;
    }
}
