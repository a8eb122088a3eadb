package dev.chagres.kernel.simd;

import dev.chagres.kernel.ColumnStateLaws;
import dev.chagres.kernel.HashKernels;

class VectorColumnStateTest extends ColumnStateLaws {
    private final HashKernels hash = new VectorHashKernels();

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
