package dev.chagres.gpt2.key;

import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;

/// The integers of the key columns; columns of different graphs of one model are matched by name.
public interface KeyData extends AutoCloseable {
    /// @throws IllegalArgumentException if there is no such column
    IntTensor of(Column column);

    @Override
    void close();
}
