package dev.chagres.device;

import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.ffm.NativeLibrary;

/// Emulated devices for tests. A test that asks for one is skipped without the library, and says so; with
/// `-Dchagres.native=require` it fails.
final class EmulatedSites {
    private EmulatedSites() {}

    /// @param slabBytes memory of the device; all of it is filled when it is opened, so a few mebibytes are best
    /// @param seed of the order of threads, blocks and streams
    static DeviceSite open(long slabBytes, long seed) {
        NativeBuildFacts.needHost();
        DeviceSite site = new DeviceSite(NativeLibrary.load(NativeLibrary.Kind.HOST), 0, slabBytes);
        Emulation.seed(site.device(), seed);
        return site;
    }
}
