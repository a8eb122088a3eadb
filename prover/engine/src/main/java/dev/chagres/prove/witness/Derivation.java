package dev.chagres.prove.witness;

import dev.chagres.graph.Operation;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;

/// How a column of [Operation#derived()] follows from a virtual tensor: its values are those of a key column, which is
/// a column of a lookup table, at the entries that the tensor looks up.
///
/// @param index looked up at the positions of the column
/// @param table column of the key; what it lacks is zero
/// @param base index of its first value
public record Derivation(VirtualTensor index, Column table, long base) {
    /// @throws IllegalArgumentException if no lookup of the operation tells the values of the column
    public static Derivation of(Operation operation, Column column) {
        for (Lookup lookup : operation.segments()) {
            int at = lookup.components().indexOf(TupleComponent.of(column));
            if (at > 0 && same(lookup.shape(), column.shape())
                    && lookup.components().getFirst() instanceof TupleComponent.Proved index
                    && lookup.table().columns().get(at) instanceof TablePolynomial.Stored key
                    && dense(lookup.table(), key.column())) {
                return new Derivation(index.virtual(), key.column(), lookup.table().firstValue());
            }
        }
        throw new IllegalArgumentException(column + " follows from no lookup of " + operation.name());
    }

    private static boolean same(Shape a, Shape b) {
        return a.tileCount() == b.tileCount() && a.isPrefixOf(b);
    }

    /// Whether entry and slot are the same number wherever a column of the key has values.
    private static boolean dense(Table table, Column key) {
        return table.starts()[0] == 0 && key.shape().tileCount() <= table.firstRun();
    }
}
