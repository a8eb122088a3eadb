package dev.chagres.ffm;

import dev.chagres.kernel.FftKernelLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceFftKernelsTest extends FftKernelLaws {
    DeviceFftKernelsTest(long seed) {
        super(new StagedFftKernels(Staging.withSeed(seed)));
    }
}
