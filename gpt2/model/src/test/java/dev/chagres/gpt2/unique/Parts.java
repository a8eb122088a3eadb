package dev.chagres.gpt2.unique;

import dev.chagres.gpt2.unique.Assignment.Place;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.Section;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.HashMap;
import java.util.Map;

/// Operations, reductions and tensors of a circuit by name.
final class Parts {
    private final Map<String, Object> tensors = new HashMap<>();
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, Operation> operations = new HashMap<>();
    private final Map<String, Reduction> reductions = new HashMap<>();

    Parts(Circuit circuit) {
        circuit.key().stream().map(KeyColumn::column).forEach(this::add);
        for (Section section : circuit.graph().sections()) {
            for (Operation o : section.operations()) {
                operations.put(o.name(), o);
                o.columns().forEach(this::add);
                for (Lookup lookup : o.segments()) {
                    for (TupleComponent c : lookup.components()) {
                        if (c instanceof TupleComponent.Proved(var virtual)) {
                            tensors.put(virtual.name(), virtual);
                            shapes.put(virtual.name(), virtual.shape());
                        }
                    }
                }
            }
            section.reductions().forEach(r -> r.operations().forEach(o -> reductions.put(o.name(), r)));
        }
    }

    private void add(Column c) {
        tensors.put(c.name(), c);
        shapes.put(c.name(), c.shape());
    }

    Operation operation(String name) {
        return operations.get(name);
    }

    Relations relations(String operation) {
        return new Relations(reductions.get(operation));
    }

    boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    Column column(String name) {
        return (Column) tensors.get(name);
    }

    Shape shape(String tensor) {
        return shapes.get(tensor);
    }

    /// The value of a tensor at a cell.
    Place place(String tensor, Cell cell) {
        if (!has(tensor)) {
            throw new IllegalArgumentException("no tensor " + tensor);
        }
        return new Place(tensors.get(tensor), cell.element(shape(tensor)));
    }
}
