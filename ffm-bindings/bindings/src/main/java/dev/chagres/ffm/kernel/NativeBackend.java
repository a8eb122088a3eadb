package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary;
import dev.chagres.ffm.KernelLibrary.InstructionSet;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.PanelKernels;

/// The kernels of one instruction set, bundled.
public final class NativeBackend implements Backend {
    private final InstructionSet set;
    private final FieldKernels field;
    private final FftKernels fft;
    private final HashKernels hash;
    private final IntegerKernels integer;
    private final PanelKernels panel;

    /// @throws IllegalArgumentException if this processor does not run the instruction set
    public NativeBackend(KernelLibrary library, InstructionSet set) {
        if (!library.supports(set)) {
            throw new IllegalArgumentException("this processor does not run the " + set.word() + " kernels");
        }
        this.set = set;
        field = new NativeFieldKernels(set.code());
        fft = new NativeFftKernels(set.code());
        hash = new NativeHashKernels(set.code());
        integer = new NativeIntegerKernels(set.code());
        panel = new NativePanelKernels(set.code());
    }

    @Override
    public String name() {
        return "native-" + set.word();
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
