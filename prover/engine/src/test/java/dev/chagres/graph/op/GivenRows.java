package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Committed activations that nothing forces: what the operation under test reads. Row by row, as operations write
/// them, so that a row that is read too early is not there.
final class GivenRows implements Operation {
    /// The value of (row, channel), padded ones included.
    interface Values {
        int at(int row, int channel);
    }

    private final List<Column> columns = new ArrayList<>();
    private final List<Values> values = new ArrayList<>();

    void add(Column column, Values of) {
        columns.add(column);
        values.add(of);
    }

    @Override
    public String name() {
        return "given";
    }

    @Override
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    @Override
    public List<Column> activations() {
        return columns();
    }

    @Override
    public List<Lookup> segments() {
        return List.of();
    }

    @Override
    public void evaluate(Evaluation run, int from, int to) {
        for (int i = 0; i < columns.size(); i++) {
            IntTensor tensor = run.of(columns.get(i));
            Shape shape = columns.get(i).shape();
            ActivationIndex at = ActivationIndex.of(run, shape);
            long channels = ActivationIndex.channels(shape);
            for (int row = from; row < to; row++) {
                for (int c = 0; c < channels; c++) {
                    tensor.set(at.of(row, c), values.get(i).at(row, c));
                }
            }
        }
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) {
        // Inputs of a test: nothing is claimed about them.
        return Kept.NOTHING;
    }
}
