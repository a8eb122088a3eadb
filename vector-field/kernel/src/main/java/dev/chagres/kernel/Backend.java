package dev.chagres.kernel;

/// One implementation of all kernels.
public interface Backend {
    /// Short name: `scalar`, `vector-512`, ...
    String name();

    FieldKernels field();

    FftKernels fft();

    HashKernels hash();

    IntegerKernels integer();

    PanelKernels panel();
}
