package dev.chagres.kernel;

class ScalarIntegerKernelsTest extends IntegerKernelLaws {
    ScalarIntegerKernelsTest() {
        super(new ScalarIntegerKernels());
    }
}
