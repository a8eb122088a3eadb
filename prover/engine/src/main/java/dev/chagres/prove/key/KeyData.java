package dev.chagres.prove.key;

import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Column;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The integers of the key columns of a model, by their position in [Circuit#key()], which is the same in every circuit
/// of the model.
public interface KeyData extends AutoCloseable {
    /// @param index position of the column
    HostTensor tensor(int index);

    /// The integers of the key columns of one circuit.
    ///
    /// @return a function that fails with an [IllegalArgumentException] for columns of other circuits
    default Function<Column, HostTensor> of(Circuit circuit) {
        Map<Column, HostTensor> tensors = new IdentityHashMap<>();
        List<KeyColumn> key = circuit.key();
        for (int i = 0; i < key.size(); i++) {
            tensors.put(key.get(i).column(), tensor(i));
        }
        return column -> {
            HostTensor t = tensors.get(column);
            if (t == null) {
                throw new IllegalArgumentException("this circuit has no key column " + column);
            }
            return t;
        };
    }

    @Override
    void close();
}
