package dev.chagres.ffm;

/// Signed integers in a buffer, from any element on; kernels need the alignment of one integer only.
///
/// @param buffer where they are
/// @param first number of the first one, counted in integers from the begin of the buffer
/// @param bits of one integer: 8, 16 or 32
public record DeviceInts(DeviceBuffer buffer, long first, int bits) {
    /// @throws IllegalArgumentException for other widths, and if the first one is not in the buffer or at its end
    public DeviceInts {
        if (bits != 8 && bits != 16 && bits != 32) {
            throw new IllegalArgumentException("integers of " + bits + " bits; 8, 16 and 32 are known");
        }
        if (first < 0 || first > buffer.bytes() / (bits / 8)) {
            throw new IllegalArgumentException("integer " + first + " of " + bits + " bits is not in a buffer of "
                    + buffer.bytes() + " bytes");
        }
    }

    /// All of a buffer.
    public DeviceInts(DeviceBuffer buffer, int bits) {
        this(buffer, 0, bits);
    }

    long address() {
        return buffer.address() + first * (bits / 8);
    }

    /// How many there are up to the end of the buffer.
    long available() {
        return buffer.bytes() / (bits / 8) - first;
    }
}
