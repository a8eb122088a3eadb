package dev.chagres.prove.profile;

/// What a device was asked for, in all or during a phase.
///
/// @param launches calls that start kernels
/// @param copies in both directions
/// @param bytesIn copied to the device
/// @param bytesOut copied to the host
/// @param waits round trips: calls that waited for the device
/// @param waitSeconds in them, of all threads together
/// @param peakBytes most bytes of its memory in use at a time
public record DeviceUse(long launches, long copies, long bytesIn, long bytesOut, long waits, double waitSeconds,
        long peakBytes) {
    /// Nothing.
    public static final DeviceUse NONE = new DeviceUse(0, 0, 0, 0, 0, 0, 0);

    /// What was asked for since an earlier reading; the peak is this one's.
    public DeviceUse since(DeviceUse earlier) {
        return new DeviceUse(launches - earlier.launches, copies - earlier.copies, bytesIn - earlier.bytesIn,
                bytesOut - earlier.bytesOut, waits - earlier.waits, waitSeconds - earlier.waitSeconds, peakBytes);
    }

    /// The same with a peak of nothing.
    public DeviceUse withoutPeak() {
        return new DeviceUse(launches, copies, bytesIn, bytesOut, waits, waitSeconds, 0);
    }

    /// Both together; the larger peak.
    public DeviceUse and(DeviceUse other) {
        return new DeviceUse(launches + other.launches, copies + other.copies, bytesIn + other.bytesIn,
                bytesOut + other.bytesOut, waits + other.waits, waitSeconds + other.waitSeconds,
                Math.max(peakBytes, other.peakBytes));
    }
}
