package dev.chagres.kernel;

class ScalarNonceTest extends NonceLaws {
    private final HashKernels hash = new ScalarHashKernels();

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
