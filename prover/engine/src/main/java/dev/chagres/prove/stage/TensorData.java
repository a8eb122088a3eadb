package dev.chagres.prove.stage;

import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.function.Function;

/// The integers of a run by name: opaque handles that a stage turns into the form it computes with.
public interface TensorData {
    /// Data of a witness or key column.
    ///
    /// @throws IllegalArgumentException if there is none
    IntTensor of(Column column);

    /// Data of a virtual tensor.
    ///
    /// @throws IllegalArgumentException if there is none
    IntTensor of(VirtualTensor virtual);

    /// Data that two functions find.
    static TensorData of(
            Function<Column, ? extends IntTensor> columns, Function<VirtualTensor, ? extends IntTensor> virtuals) {
        return new TensorData() {
            @Override
            public IntTensor of(Column column) {
                return columns.apply(column);
            }

            @Override
            public IntTensor of(VirtualTensor virtual) {
                return virtuals.apply(virtual);
            }
        };
    }
}
