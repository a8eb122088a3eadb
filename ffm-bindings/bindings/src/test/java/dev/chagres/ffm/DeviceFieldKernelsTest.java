package dev.chagres.ffm;

import dev.chagres.kernel.FieldKernelLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@ValueSource(longs = {0, 1, 2, 3})
class DeviceFieldKernelsTest extends FieldKernelLaws {
    DeviceFieldKernelsTest(long seed) {
        super(new StagedFieldKernels(Staging.withSeed(seed)));
    }
}
