package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary.InstructionSet;
import dev.chagres.kernel.ColumnStateLaws;
import dev.chagres.kernel.FftKernelLaws;
import dev.chagres.kernel.FieldKernelLaws;
import dev.chagres.kernel.HashKernelLaws;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernelLaws;
import dev.chagres.kernel.NonceLaws;
import dev.chagres.kernel.PanelKernelLaws;
import org.junit.jupiter.api.Nested;

/// All laws on the AVX-512 kernels.
class Avx512KernelsTest {
    @Nested
    class Field extends FieldKernelLaws {
        Field() {
            super(TestKernels.of(InstructionSet.AVX512).field());
        }
    }

    @Nested
    class Fft extends FftKernelLaws {
        Fft() {
            super(TestKernels.of(InstructionSet.AVX512).fft());
        }
    }

    @Nested
    class Hash extends HashKernelLaws {
        Hash() {
            super(TestKernels.of(InstructionSet.AVX512).hash());
        }
    }

    @Nested
    class Integer extends IntegerKernelLaws {
        Integer() {
            super(TestKernels.of(InstructionSet.AVX512).integer());
        }
    }

    @Nested
    class Panel extends PanelKernelLaws {
        Panel() {
            super(TestKernels.of(InstructionSet.AVX512).panel());
        }
    }

    @Nested
    class ColumnState extends ColumnStateLaws {
        private final HashKernels hash = TestKernels.of(InstructionSet.AVX512).hash();

        @Override
        protected HashKernels hash() {
            return hash;
        }
    }

    @Nested
    class Nonce extends NonceLaws {
        private final HashKernels hash = TestKernels.of(InstructionSet.AVX512).hash();

        @Override
        protected HashKernels hash() {
            return hash;
        }
    }
}
