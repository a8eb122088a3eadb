package dev.chagres.lookup;

import dev.chagres.tensor.Shape;

/// A tensor that is looked up but not committed: its value at a point is a claim that its operation proves.
///
/// @param name for errors and listings
/// @param shape shape of every segment that uses it
/// @param bits 16 or 32: what the prover needs to store a value as a signed integer
public record VirtualTensor(String name, Shape shape, int bits) {
    /// A tensor of values of up to 32 bits.
    public VirtualTensor(String name, Shape shape) {
        this(name, shape, 32);
    }

    /// Bits that store values in [0, 2^width).
    public static int unsigned(int width) {
        return width < 16 ? 16 : 32;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
