package dev.chagres.tensor;

/// Signed integers, 8, 16 or 32 bits wide, wherever they are kept: an engine decides that.
public interface IntTensor {
    /// Bits per value: 8, 16 or 32.
    int width();

    /// Number of values.
    long size();

    /// @param i below [#size()]
    int get(long i);

    /// [#get(long)] of a tensor known to be 32 bits wide, for hot loops.
    int get32(long i);

    /// [#get(long)] of a tensor known to be 16 bits wide, for hot loops.
    int get16(long i);

    /// @throws IllegalArgumentException if the value does not fit the width
    void set(long i, int v);
}
