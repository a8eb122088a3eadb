package dev.chagres.prove.data;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// Reads ranges of an [HostTensor] as canonical base elements.
public final class TileReader {
    /// Elements of one call of a kernel.
    private static final int CHUNK = 1 << 16;

    private final FieldKernels kernels;

    public TileReader(FieldKernels kernels) {
        this.kernels = kernels;
    }

    /// `dst[i]` = residue of element `from + i`, for i < count; `dst` is a base array.
    public void embed(long dst, HostTensor data, long from, long count) {
        kernels.embedInts(dst, address(data, from), data.width(), count);
    }

    /// Sum of element `from + i` times `eq[i]`, for i < count; `eq` is an ext array.
    public QM31 dot(HostTensor data, long from, long eq, long count) {
        QM31 sum = QM31.ZERO;
        if (count < Memory.BLOCK) {
            for (long i = 0; i < count; i++) {
                sum = sum.add(Memory.getExt(eq, i).mul(M31.embed(data.get(from + i))));
            }
            return sum;
        }
        for (long i = 0; i < count; i += CHUNK) {
            long n = Math.min(CHUNK, count - i);
            sum = sum.add(kernels.dotInts(address(data, from + i), data.width(), eq + i * Memory.EXT_BYTES, n));
        }
        return sum;
    }

    private static long address(HostTensor data, long element) {
        return data.address() + element * (data.width() / 8);
    }
}
