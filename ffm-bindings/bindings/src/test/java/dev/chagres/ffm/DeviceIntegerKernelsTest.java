package dev.chagres.ffm;

import dev.chagres.kernel.IntegerKernelLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceIntegerKernelsTest extends IntegerKernelLaws {
    DeviceIntegerKernelsTest(long seed) {
        super(new StagedIntegerKernels(Staging.withSeed(seed)));
    }
}
