package dev.chagres.lookup;

import dev.chagres.tensor.Shape;

/// A tensor that is looked up but not committed: its value at a point is a claim that its operation proves.
///
/// @param name for errors and listings
/// @param shape shape of every segment that uses it
public record Virtual(String name, Shape shape) {
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
