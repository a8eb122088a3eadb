package dev.chagres.device;

import dev.chagres.ffm.DeviceInts;

/// A tensor's values on the device, for as long as this is open. Closing it lets go of them at once for others; the
/// memory stays until the stream of the holder has been waited for.
final class Resident implements AutoCloseable {
    private final DeviceInts ints;
    private final long size;
    private Runnable letGo;

    /// @param letGo run once, when this is closed
    Resident(DeviceInts ints, long size, Runnable letGo) {
        this.ints = ints;
        this.size = size;
        this.letGo = letGo;
    }

    /// The values, as wide as the tensor, from the first one on.
    DeviceInts ints() {
        return ints;
    }

    /// Number of values.
    long size() {
        return size;
    }

    @Override
    public void close() {
        if (letGo != null) {
            Runnable task = letGo;
            letGo = null;
            task.run();
        }
    }
}
