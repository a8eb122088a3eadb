package dev.chagres.prove.commit;

import dev.chagres.field.M31;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.function.Function;

/// Reads tiles from integer tensors stored as [dev.chagres.tensor.Shape] says: value x of tile t is element
/// t * 2^lowBits + x.
public final class TensorSource implements TileSource {
    private final Function<Column, IntTensor> tensors;
    private final FieldKernels field = Backends.current().field();

    /// @param tensors the tensor of each column; called from several threads
    public TensorSource(Function<Column, IntTensor> tensors) {
        this.tensors = tensors;
    }

    @Override
    public void fill(Column column, int tile, long from, long count, long dst) {
        IntTensor tensor = tensors.apply(column);
        long first = ((long) tile << column.shape().lowBits()) + from;
        long address = tensor.address() + first * (tensor.width() / 8);
        // Kernels want whole aligned blocks; only tiles of a few values fall short of that.
        if (count % Memory.BLOCK != 0 || address % Memory.ALIGNMENT != 0) {
            for (long i = 0; i < count; i++) {
                Memory.setInt(dst, i, M31.embed(tensor.get(first + i)));
            }
        } else if (tensor.width() == 16) {
            field.embedInt16(dst, address, count);
        } else {
            field.embedInt32(dst, address, count);
        }
    }
}
