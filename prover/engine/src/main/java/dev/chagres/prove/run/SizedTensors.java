package dev.chagres.prove.run;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Section;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.stage.SizedTensor;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.prove.witness.Derivation;
import dev.chagres.tensor.Column;
import java.util.IdentityHashMap;
import java.util.Map;

/// The tensors of a graph without values, as wide and as stored as those of an honest
/// [dev.chagres.prove.witness.Witness]. One thread at a time.
final class SizedTensors implements TensorData {
    private final Map<Column, SizedTensor> columns = new IdentityHashMap<>();
    private final Map<VirtualTensor, SizedTensor> virtuals = new IdentityHashMap<>();

    SizedTensors(Graph graph) {
        for (Table table : graph.tables()) {
            columns.put(table.multiplicity(), stored(table.multiplicity(), Integer.SIZE));
        }
        for (Section section : graph.sections()) {
            for (Operation operation : section.operations()) {
                for (Column column : operation.derived()) {
                    Derivation from = Derivation.of(operation, column);
                    columns.put(column, SizedTensor.derived(of(from.index()), of(from.table())));
                }
                for (Column column : operation.columns()) {
                    columns.computeIfAbsent(column, c -> stored(c, c.bits()));
                }
            }
        }
    }

    private static SizedTensor stored(Column column, int width) {
        return SizedTensor.stored(column.shape().size(), width);
    }

    @Override
    public SizedTensor of(Column column) {
        SizedTensor tensor = column.tree() == Column.Tree.WITNESS ? columns.get(column)
                : columns.computeIfAbsent(column, c -> stored(c, c.bits()));
        if (tensor == null) {
            throw new IllegalArgumentException("column " + column + " is none of the graph");
        }
        return tensor;
    }

    @Override
    public SizedTensor of(VirtualTensor virtual) {
        return virtuals.computeIfAbsent(virtual, v -> SizedTensor.stored(v.shape().size(), v.bits()));
    }
}
