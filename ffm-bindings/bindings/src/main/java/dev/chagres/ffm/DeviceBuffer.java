package dev.chagres.ffm;

import java.util.Objects;

/// A region of a device's slab. Its address means something to its device alone, so it never goes without it.
///
/// @param device whose memory it is
/// @param address a multiple of [Device#ALIGNMENT]
/// @param bytes from the address on, all in the slab
public record DeviceBuffer(Device device, long address, long bytes) {
    /// @throws IllegalArgumentException if the region is not aligned, or not in the device's slab
    public DeviceBuffer {
        device.check(address, bytes);
    }

    /// A part of this region, which cannot be released by itself.
    ///
    /// @param offset a multiple of [Device#ALIGNMENT]
    /// @throws IndexOutOfBoundsException if it is no part
    /// @throws IllegalArgumentException if it is not aligned
    public DeviceBuffer slice(long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, this.bytes);
        return new DeviceBuffer(device, address + offset, bytes);
    }
}
