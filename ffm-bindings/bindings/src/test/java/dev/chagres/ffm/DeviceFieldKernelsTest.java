package dev.chagres.ffm;

import dev.chagres.kernel.FieldKernelLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DeviceFieldKernelsTest extends FieldKernelLaws {
    DeviceFieldKernelsTest(long seed) {
        super(new StagedFieldKernels(Staging.withSeed(seed)));
    }
}
