package dev.chagres.kernel;

class ScalarFieldKernelsTest extends FieldKernelLaws {
    ScalarFieldKernelsTest() {
        super(new ScalarFieldKernels());
    }
}
