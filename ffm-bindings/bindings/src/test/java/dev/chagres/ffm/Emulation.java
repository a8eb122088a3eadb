package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// How the emulated device behaves from now on, for tests of what runs on it.
public final class Emulation {
    private Emulation() {}

    /// The order of threads, blocks and streams; 0 is none at random, streams as late as may be.
    public static void seed(Device device, long seed) {
        set(device, ChagresCuda.CHG_EMULATE_SEED(), seed);
    }

    /// The n-th stream or pinned block from now on cannot be had; 0: all can.
    public static void noMemory(Device device, long n) {
        set(device, ChagresCuda.CHG_EMULATE_NO_MEMORY(), n);
    }

    /// The n-th kernel from now on cannot be started, and the device is lost; 0: none.
    public static void noLaunch(Device device, long n) {
        set(device, ChagresCuda.CHG_EMULATE_NO_LAUNCH(), n);
    }

    /// The n-th kernel or copy that runs from now on fails, and the device is lost; 0: none.
    public static void loss(Device device, long n) {
        set(device, ChagresCuda.CHG_EMULATE_LOSS(), n);
    }

    private static void set(Device device, int setting, long value) {
        Status.check(ChagresCuda.chg_emulate(device.handle(), setting, value));
    }
}
