package dev.chagres.kernel.simd;

import dev.chagres.kernel.FftKernelLaws;

class VectorFftKernelsTest extends FftKernelLaws {
    VectorFftKernelsTest() {
        super(new VectorFftKernels());
    }
}
