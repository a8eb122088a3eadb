package dev.chagres.kernel.simd;

import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.NonceLaws;

class VectorNonceTest extends NonceLaws {
    private final HashKernels hash = new VectorHashKernels();

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
