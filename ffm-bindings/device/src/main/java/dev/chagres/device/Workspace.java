package dev.chagres.device;

import dev.chagres.ffm.DeviceBuffer;

/// A work of a device and the regions that live as long as it is used for one thing. Used by one thread at a time.
///
/// @param work whose stream uses the regions
record Workspace(DeviceWork work, DeviceRegions regions) implements AutoCloseable {
    static Workspace of(DeviceSite site) {
        DeviceWork work = site.work();
        return new Workspace(work, new DeviceRegions(work));
    }

    /// The array of a result, which from now on lives as long as this.
    DeviceBuffer own(DeviceResult result) {
        return regions.own(result.release());
    }

    /// Waits for the stream and gives everything back.
    @Override
    public void close() {
        try (work) {
            regions.close();
        }
    }
}
