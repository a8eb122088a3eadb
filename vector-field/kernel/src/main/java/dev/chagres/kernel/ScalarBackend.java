package dev.chagres.kernel;

/// The reference kernels, bundled.
final class ScalarBackend implements Backend {
    private final FieldKernels field = new ScalarFieldKernels();
    private final FftKernels fft = new ScalarFftKernels();
    private final HashKernels hash = new ScalarHashKernels();
    private final IntegerKernels integer = new ScalarIntegerKernels();
    private final PanelKernels panel = new ScalarPanelKernels();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public FieldKernels field() {
        return field;
    }

    @Override
    public FftKernels fft() {
        return fft;
    }

    @Override
    public HashKernels hash() {
        return hash;
    }

    @Override
    public IntegerKernels integer() {
        return integer;
    }

    @Override
    public PanelKernels panel() {
        return panel;
    }
}
