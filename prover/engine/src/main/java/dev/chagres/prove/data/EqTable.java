package dev.chagres.prove.data;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.tensor.Eq;

/// Tables of the equality polynomial in ext arrays of any size.
public final class EqTable {
    private EqTable() {}

    /// Writes `scale * eq(point, x)` for all x; variable i is bit i of the index.
    ///
    /// @param dst ext array of 2^point.length elements, padded to a block
    public static void fill(long dst, QM31[] point, QM31 scale, FieldKernels kernels) {
        if (1 << point.length >= Memory.BLOCK) {
            kernels.eqTable(dst, point, scale);
            return;
        }
        QM31[] table = Eq.table(point);
        for (int i = 0; i < table.length; i++) {
            Memory.setExt(dst, i, table[i].mul(scale));
        }
    }

    /// Allocates and fills such a table.
    public static long allocate(MemoryScope arena, QM31[] point, QM31 scale, FieldKernels kernels) {
        long table = arena.allocateExt(1L << point.length);
        fill(table, point, scale, kernels);
        return table;
    }
}
