package dev.chagres.gguf;

import java.util.List;
import java.util.Optional;

/// One entry of the list of tensors.
///
/// @param name as in the file
/// @param extents from the fastest axis to the slowest: a matrix of r rows of c elements is `[c, r]`
/// @param typeId number of the element type
/// @param offset first byte of the values in the file
public record GgufTensor(String name, List<Long> extents, int typeId, long offset) {
    public GgufTensor {
        extents = List.copyOf(extents);
    }

    /// The element type; empty if it is none of [GgmlType].
    public Optional<GgmlType> type() {
        return GgmlType.of(typeId);
    }

    /// Number of elements, below 2^62 for every tensor of a header.
    public long elements() {
        return extents.stream().reduce(1L, Math::multiplyExact);
    }
}
