package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary.InstructionSet;

class Avx2KernelsTest extends NativeKernelLaws {
    Avx2KernelsTest() {
        super(InstructionSet.AVX2);
    }
}
