package dev.chagres.ffm;

/// What a device was asked for.
///
/// @param launches calls of kernels and fills, those that return a value included
/// @param copiesIn copies to the device
/// @param copiesOut copies to the host
/// @param bytesIn of them
/// @param bytesOut of them
/// @param waits round trips: calls of [Stream#sync()], and kernels that return a value to the host
/// @param waitNanos time in them, of all threads together
/// @param peakBytes most bytes of the slab in use at a time, with what alignment adds
public record DeviceCount(long launches, long copiesIn, long copiesOut, long bytesIn, long bytesOut, long waits,
        long waitNanos, long peakBytes) {}
