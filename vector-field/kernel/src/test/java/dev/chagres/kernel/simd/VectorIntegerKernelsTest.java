package dev.chagres.kernel.simd;

import dev.chagres.kernel.IntegerKernelLaws;

class VectorIntegerKernelsTest extends IntegerKernelLaws {
    VectorIntegerKernelsTest() {
        super(new VectorIntegerKernels());
    }
}
