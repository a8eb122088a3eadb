package dev.chagres.gpt2.reference;

import dev.chagres.gpt2.weights.Architecture;

/// Keys and values of the positions computed so far, per layer row-major `[positions][Hkv dh]`; keys are
/// rotated where positions are.
final class KeyValueCache {
    private final double[][] keys;
    private final double[][] values;
    private final int capacity;
    private int length;

    KeyValueCache(Architecture config, int capacity) {
        this.capacity = capacity;
        keys = new double[config.layers()][Math.multiplyExact(capacity, config.keyWidth())];
        values = new double[config.layers()][Math.multiplyExact(capacity, config.keyWidth())];
    }

    double[] keys(int layer) {
        return keys[layer];
    }

    double[] values(int layer) {
        return values[layer];
    }

    /// Positions complete in all layers.
    int length() {
        return length;
    }

    int capacity() {
        return capacity;
    }

    void advance(int positions) {
        length += positions;
    }
}
