package dev.chagres.gpt2.weights;

import java.util.List;

/// One entry of a safetensors header.
///
/// @param type element type
/// @param shape row-major, empty for a scalar
/// @param begin first byte, counted from the end of the header
/// @param end byte after the last, `begin + elements * bytes(type)`
public record TensorInfo(TensorType type, List<Long> shape, long begin, long end) {
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /// Number of elements.
    public long elements() {
        return (end - begin) / type.bytes();
    }
}
