package dev.chagres.ffm;

import dev.chagres.field.QM31;

/// A term of the denominators of a [TreeSegment]: a weight times an integer for each leaf.
public sealed interface TreeTerm {
    /// The factor.
    QM31 weight();

    /// Values of a tensor: element `starts[tile] + inside[x]` for leaf x of a tile, 0 if there is no such element.
    ///
    /// @param data of 32 bits above -p and below p
    /// @param size elements of `data`
    /// @param starts int64, one for each tile of the segment
    /// @param inside int32, one for each leaf of a tile; null when they are x itself
    record Values(QM31 weight, DeviceInts data, long size, DeviceBuffer starts, DeviceBuffer inside)
            implements TreeTerm {
        /// @throws IllegalArgumentException if the buffer has fewer elements
        public Values {
            if (size < 0 || size > data.available()) {
                throw new IllegalArgumentException(size + " integers of " + data.bits()
                        + " bits do not fit a buffer of " + data.buffer().bytes() + " bytes");
            }
        }
    }

    /// Digits of the number of an entry: `base + (entry >> from) mod 2^bits`.
    ///
    /// @param base canonical
    /// @param from 0 to 62
    /// @param bits 0 to 62
    record Digits(QM31 weight, int base, int from, int bits) implements TreeTerm {}
}
