package dev.chagres.kernel.simd;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import jdk.incubator.vector.IntVector;

/// The vector kernels, bundled. Loading this class needs the module `jdk.incubator.vector`.
public final class VectorBackend implements Backend {
    private final FieldKernels field = new VectorFieldKernels();
    private final IntegerKernels integer = new VectorIntegerKernels();

    /// The vector width of this process.
    public static int bits() {
        return Lanes.BITS;
    }

    /// The width the machine prefers, whatever this process was told to use.
    public static int preferredBits() {
        return IntVector.SPECIES_PREFERRED.vectorBitSize();
    }

    @Override
    public String name() {
        return "vector-" + bits();
    }

    @Override
    public FieldKernels field() {
        return field;
    }

    // Not part of this build: the FFT and hash kernels.
    @Override
    public FftKernels fft() {
        throw new UnsupportedOperationException("the vector backend of this build has no FFT kernels");
    }

    @Override
    public HashKernels hash() {
        throw new UnsupportedOperationException("the vector backend of this build has no hash kernels");
    }

    @Override
    public IntegerKernels integer() {
        return integer;
    }
}
