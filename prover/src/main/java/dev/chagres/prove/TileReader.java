package dev.chagres.prove;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;

/// Reads ranges of an [IntTensor] as canonical base elements.
public final class TileReader {
    /// Elements embedded at once: 16 KiB of base elements.
    private static final int CHUNK = 4096;

    private final FieldKernels kernels;
    private final long scratch;

    /// @param arena owns a scratch buffer
    public TileReader(FieldKernels kernels, Arena arena) {
        this.kernels = kernels;
        this.scratch = Memory.allocateBase(arena, CHUNK);
    }

    /// `dst[i]` = residue of element `from + i`, for i < count; `dst` is a base array.
    public void embed(long dst, IntTensor data, long from, long count) {
        if (data.width() == 32) {
            kernels.embedInt32(dst, data.address() + 4 * from, count);
        } else {
            kernels.embedInt16(dst, data.address() + 2 * from, count);
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
            embed(scratch, data, from + i, n);
            sum = sum.add(kernels.dotBase(scratch, eq + i * Memory.EXT_BYTES, n));
        }
        return sum;
    }
}
