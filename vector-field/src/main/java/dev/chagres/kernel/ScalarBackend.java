package dev.chagres.kernel;

/// The reference kernels, bundled.
final class ScalarBackend implements Backend {
    private final FieldKernels field = new ScalarFieldKernels();
    private final IntegerKernels integer = new ScalarIntegerKernels();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public FieldKernels field() {
        return field;
    }

    // Not part of this build: the FFT and hash twins.
    @Override
    public FftKernels fft() {
        throw new UnsupportedOperationException("the scalar backend of this build has no FFT kernels");
    }

    @Override
    public HashKernels hash() {
        throw new UnsupportedOperationException("the scalar backend of this build has no hash kernels");
    }

    @Override
    public IntegerKernels integer() {
        return integer;
    }
}
