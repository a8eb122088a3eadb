package dev.chagres.kernel;

/// One implementation of all kernels.
public interface Backend {
    /// Short name: `scalar`, `vector-512`, `native-avx512`, ...
    String name();

    /// Whether kernels have to be compiled while they run before they are fast.
    default boolean warmsUp() {
        return false;
    }

    FieldKernels field();

    FftKernels fft();

    HashKernels hash();

    IntegerKernels integer();

    PanelKernels panel();
}
