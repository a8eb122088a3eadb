package dev.chagres.ffm.kernel;

import dev.chagres.ffm.KernelLibrary.InstructionSet;

class Avx512KernelsTest extends NativeKernelLaws {
    Avx512KernelsTest() {
        super(InstructionSet.AVX512);
    }
}
