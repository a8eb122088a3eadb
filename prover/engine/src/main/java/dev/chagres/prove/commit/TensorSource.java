package dev.chagres.prove.commit;

import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.Optional;
import java.util.function.Function;

/// Reads tiles from integer tensors stored as [dev.chagres.tensor.Shape] says: value x of tile t is element
/// t * 2^lowBits + x.
///
/// @param tensors the tensor of each column; called from several threads
public record TensorSource(Function<Column, HostTensor> tensors) implements TileSource {
    @Override
    public int bits(Column column) {
        return tensors.apply(column).width();
    }

    @Override
    public Optional<IntTensor> whole(Column column) {
        HostTensor tensor = tensors.apply(column);
        return tensor.epoch().isPresent() ? Optional.of(tensor) : Optional.empty();
    }

    @Override
    public long ints(Column column, int tile, long from, long count, long scratch) {
        HostTensor tensor = tensors.apply(column);
        long first = ((long) tile << column.shape().lowBits()) + from;
        return tensor.address() + first * (tensor.width() / 8);
    }
}
