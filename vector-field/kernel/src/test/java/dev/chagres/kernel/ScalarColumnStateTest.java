package dev.chagres.kernel;

class ScalarColumnStateTest extends ColumnStateLaws {
    private final HashKernels hash = new ScalarHashKernels();

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
