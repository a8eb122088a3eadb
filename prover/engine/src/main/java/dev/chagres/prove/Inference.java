package dev.chagres.prove;

import dev.chagres.graph.op.ActivationIndex;
import dev.chagres.model.Circuit;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.KeyData;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntConsumer;

/// The integers of a given sequence, evaluated and not proved: the logits of every row, and every column of the witness
/// by its name, as a proof of the sequence has them. Owns their memory until closed; for use by one thread.
public final class Inference implements AutoCloseable {
    private final Circuit circuit;
    private final int rows;
    private final int vocabulary;
    private final Witness witness;
    private final IntegerRun run;
    private final Map<String, Column> columns = new HashMap<>();

    /// @param ids one token id a row, checked by the caller
    /// @param each called after every section with the number of those that are done
    Inference(Host host, ModelSpec spec, KeyData data, int[] ids, IntConsumer each) {
        circuit = spec.inference(ids.length);
        rows = ids.length;
        vocabulary = spec.limits().vocabulary();
        witness = new Witness(circuit.graph(), data.of(circuit), SpillStore.unbounded(host.memory()));
        try {
            run = new IntegerRun(circuit.graph(), witness, ids.clone(), host);
        } catch (RuntimeException | Error e) {
            witness.close();
            throw e;
        }
        try {
            run.rows(0, rows, each);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        circuit.graph().witnessColumns().forEach(c -> columns.put(c.name(), c));
    }

    /// Rows of the sequence.
    public int rows() {
        return rows;
    }

    /// Logits of rows [from, to), `[to - from][V]`.
    ///
    /// @throws IndexOutOfBoundsException if the rows are not those of the sequence
    public int[][] logits(int from, int to) {
        Objects.checkFromToIndex(from, to, rows);
        int[][] logits = new int[to - from][vocabulary];
        run.product(circuit.logits(), from, to, (_, acc, channel, row) -> {
            int count = Math.min(acc.channels(), vocabulary - channel);
            for (int t = 0; t < acc.lanes(); t++) {
                int[] out = logits[row + t - from];
                for (int i = 0; i < count; i++) {
                    out[channel + i] = acc.get(i, t);
                }
            }
        });
        return logits;
    }

    /// Values of a column with rows.
    public interface Values {
        /// Channels of a row, padded ones, which are 0, included; 1 where a row has one value.
        int channels();

        /// @param row of the sequence
        /// @param channel below [#channels()]
        int get(int row, int channel);
    }

    /// The values of a column, `layer0.value.u` for example; empty where the model has none of this name.
    public Optional<Values> values(String column) {
        Column c = columns.get(column);
        if (c == null) {
            return Optional.empty();
        }
        IntTensor tensor = run.of(c);
        if (c.shape().lowAxes().size() == 1) {
            return Optional.of(new RowValues(tensor));
        }
        return Optional.of(new ChannelValues(tensor, ActivationIndex.of(run, c.shape()),
                Math.toIntExact(ActivationIndex.channels(c.shape()))));
    }

    /// One value a row.
    private record RowValues(IntTensor tensor) implements Values {
        @Override
        public int channels() {
            return 1;
        }

        @Override
        public int get(int row, int channel) {
            return tensor.get(row);
        }
    }

    /// A row of channels.
    private record ChannelValues(IntTensor tensor, ActivationIndex at, int channels) implements Values {
        @Override
        public int get(int row, int channel) {
            return tensor.get(at.of(row, channel));
        }
    }

    @Override
    public void close() {
        try (witness; run) {
            columns.clear();
        }
    }
}
