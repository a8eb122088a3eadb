package dev.chagres.ffm;

import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.NonceLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@ValueSource(longs = {0, 1, 2, 3})
class DeviceNonceTest extends NonceLaws {
    private final HashKernels hash;

    DeviceNonceTest(long seed) {
        hash = new StagedHashKernels(Staging.withSeed(seed));
    }

    @Override
    protected HashKernels hash() {
        return hash;
    }
}
