package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;

/// Floating-point tensors of a container, by name.
interface TensorAccess extends AutoCloseable {
    boolean contains(String name);

    /// Elements `from .. from + count - 1` of a tensor in row-major order, whole rows of matrices.
    ///
    /// @throws FileFormatException if one of them is NaN or infinite
    float[] readFinite(String name, long from, int count);

    @Override
    void close();
}
