package dev.chagres.ffm;

import dev.chagres.kernel.PanelKernelLaws;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// On the emulated device, for several orders of threads and blocks.
@ParameterizedClass(name = "emulator seed {0}")
@MethodSource("dev.chagres.ffm.EmulatorSeeds#range")
class DevicePanelKernelsTest extends PanelKernelLaws {
    DevicePanelKernelsTest(long seed) {
        super(new StagedPanelKernels(Staging.withSeed(seed)));
    }
}
