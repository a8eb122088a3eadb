package dev.chagres.ffm;

import dev.chagres.kernel.ColumnStateLaws;
import dev.chagres.kernel.HashKernels;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@ValueSource(longs = {0, 1, 2, 3})
class DeviceColumnStateTest extends ColumnStateLaws {
    private final HashKernels hash;

    DeviceColumnStateTest(long seed) {
        hash = new StagedHashKernels(Staging.withSeed(seed));
    }

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
