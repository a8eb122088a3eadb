package dev.chagres.kernel.simd;

import dev.chagres.kernel.FieldKernelLaws;

class VectorFieldKernelsTest extends FieldKernelLaws {
    VectorFieldKernelsTest() {
        super(new VectorFieldKernels());
    }
}
