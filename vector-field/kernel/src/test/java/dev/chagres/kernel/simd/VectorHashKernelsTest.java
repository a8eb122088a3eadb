package dev.chagres.kernel.simd;

import dev.chagres.kernel.HashKernelLaws;

class VectorHashKernelsTest extends HashKernelLaws {
    VectorHashKernelsTest() {
        super(new VectorHashKernels());
    }
}
