package dev.chagres.prove.data;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.tensor.IntTensor;

/// Reads ranges of tensors in memory of the host, stored or derived, as canonical base elements. For one thread.
public final class TileReader {
    /// Elements of one call of a kernel.
    private static final int CHUNK = 1 << 16;

    private final FieldKernels kernels;
    private final MemoryScope scope;
    /// Values of a derived tensor; 0 until one is read.
    private long values;

    /// @param scope owns scratch memory
    public TileReader(FieldKernels kernels, MemoryScope scope) {
        this.kernels = kernels;
        this.scope = scope;
    }

    /// `dst[i]` = residue of element `from + i`, for i < count; `dst` is a base array.
    public void embed(long dst, IntTensor data, long from, long count) {
        if (data instanceof DerivedTensor derived) {
            derived.read(dst, from, count, kernels);
            kernels.embedInt32(dst, dst, count);
        } else {
            HostTensor stored = HostTensor.of(data);
            kernels.embedInts(dst, address(stored, from), stored.width(), count);
        }
    }

    /// Sum of element `from + i` times `eq[i]`, for i < count; `eq` is an ext array.
    public QM31 dot(IntTensor data, long from, long eq, long count) {
        QM31 sum = QM31.ZERO;
        if (count < Memory.BLOCK) {
            for (long i = 0; i < count; i++) {
                sum = sum.add(Memory.getExt(eq, i).mul(M31.embed(data.get(from + i))));
            }
            return sum;
        }
        for (long i = 0; i < count; i += CHUNK) {
            long n = Math.min(CHUNK, count - i);
            sum = sum.add(kernels.dotInts(ints(data, from + i, n), data.width(), eq + i * Memory.EXT_BYTES, n));
        }
        return sum;
    }

    /// Where elements [from, from + count) are, at most a chunk, as wide as the tensor.
    private long ints(IntTensor data, long from, long count) {
        if (data instanceof DerivedTensor derived) {
            if (values == 0) {
                values = scope.allocateRaw(Memory.baseBytes(CHUNK));
            }
            derived.read(values, from, count, kernels);
            return values;
        }
        return address(HostTensor.of(data), from);
    }

    private static long address(HostTensor data, long element) {
        return data.address() + element * (data.width() / 8);
    }
}
