package dev.chagres.lookup;

import dev.chagres.tensor.Shape;
import java.util.List;

/// One lookup for every position of a tensor: the tuple of `components` is an entry of `table`.
///
/// @param name for errors and listings
/// @param shape which positions exist; at least 16 values a tile
public record Lookup(String name, Table table, Shape shape, List<TupleComponent> components) {
    public Lookup {
        if (components.size() != table.columns().size()) {
            throw new IllegalArgumentException(name + " and table " + table.name() + " differ in columns");
        }
        if (shape.lowBits() < 4) {
            throw new IllegalArgumentException(name + " has tiles below 16 values");
        }
        components = List.copyOf(components);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
