package dev.chagres.prove.data;

import dev.chagres.kernel.FieldKernels;
import dev.chagres.tensor.IntTensor;

/// A tensor that takes no memory, because its values are those of a table at the values of another tensor:
/// `table[index[i] - base]`, 0 where the table has no such entry. It cannot be written to: it changes with its index.
///
/// @param table 32 bits wide
public record DerivedTensor(HostTensor index, HostTensor table, long base) implements IntTensor {
    public DerivedTensor {
        if (table.width() != 32) {
            throw new IllegalArgumentException("a table of " + table.width() + " bits");
        }
    }

    /// Writes values [from, from + count) to `dst`, 32-bit integers.
    public void read(long dst, long from, long count, FieldKernels kernels) {
        long indices = index.address() + from * (index.width() / 8);
        kernels.gatherInts(dst, table.address(), base, table.size(), indices, index.width(), count);
    }

    @Override
    public int width() {
        return 32;
    }

    @Override
    public long size() {
        return index.size();
    }

    @Override
    public int get(long i) {
        long at = index.get(i) - base;
        return at >= 0 && at < table.size() ? table.get32(at) : 0;
    }

    @Override
    public int get32(long i) {
        return get(i);
    }

    @Override
    public int get16(long i) {
        throw new UnsupportedOperationException("a derived tensor is 32 bits wide");
    }

    @Override
    public void set(long i, int v) {
        throw new UnsupportedOperationException("a derived tensor follows from its index");
    }
}
