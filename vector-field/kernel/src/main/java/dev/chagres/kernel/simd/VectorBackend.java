package dev.chagres.kernel.simd;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.PanelKernels;
import jdk.incubator.vector.IntVector;

/// The vector kernels, bundled. Loading this class needs the module `jdk.incubator.vector`.
public final class VectorBackend implements Backend {
    private final FieldKernels field = new VectorFieldKernels();
    private final FftKernels fft = new VectorFftKernels();
    private final HashKernels hash = new VectorHashKernels();
    private final IntegerKernels integer = new VectorIntegerKernels();
    private final PanelKernels panel = new VectorPanelKernels();

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
    public boolean warmsUp() {
        return true;
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
