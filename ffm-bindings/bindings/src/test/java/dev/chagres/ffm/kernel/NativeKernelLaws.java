package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary;
import dev.chagres.ffm.KernelLibrary.InstructionSet;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.ColumnStateLaws;
import dev.chagres.kernel.FftKernelLaws;
import dev.chagres.kernel.FieldKernelLaws;
import dev.chagres.kernel.HashKernelLaws;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernelLaws;
import dev.chagres.kernel.NonceLaws;
import dev.chagres.kernel.PanelKernelLaws;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;

/// All laws on the native kernels of one instruction set. What this machine cannot run is skipped, and says so.
abstract class NativeKernelLaws {
    private final InstructionSet set;

    NativeKernelLaws(InstructionSet set) {
        this.set = set;
    }

    private Backend kernels() {
        NativeBuildFacts.needKernels();
        KernelLibrary library = KernelLibrary.load();
        if (!library.supports(set)) {
            System.err.println("SKIPPED: laws of the " + set.word() + " kernels, this processor does not run them");
            Assumptions.abort("no " + set.word() + " on this processor");
        }
        return new NativeBackend(library, set);
    }

    @Nested
    class Field extends FieldKernelLaws {
        Field() {
            super(kernels().field());
        }
    }

    @Nested
    class Fft extends FftKernelLaws {
        Fft() {
            super(kernels().fft());
        }
    }

    @Nested
    class Hash extends HashKernelLaws {
        Hash() {
            super(kernels().hash());
        }
    }

    @Nested
    class Integer extends IntegerKernelLaws {
        Integer() {
            super(kernels().integer());
        }
    }

    @Nested
    class Panel extends PanelKernelLaws {
        Panel() {
            super(kernels().panel());
        }
    }

    @Nested
    class ColumnState extends ColumnStateLaws {
        private final HashKernels hash = kernels().hash();

        @Override
        protected HashKernels hash() {
            return hash;
        }
    }

    @Nested
    class Nonce extends NonceLaws {
        private final HashKernels hash = kernels().hash();

        @Override
        protected HashKernels hash() {
            return hash;
        }
    }
}
