package dev.chagres.model;

import dev.chagres.tensor.Column;

/// A column of the model key.
///
/// @param column of the key commitment; [Column#bits()] is the width of a stored value
/// @param content what fills it
public record KeyColumn(Column column, KeyContent content) {
    public KeyColumn {
        if (column.tree() != Column.Tree.KEY) {
            throw new IllegalArgumentException(column + " is no key column");
        }
    }

    /// Bytes of the stored values.
    public long bytes() {
        return column.shape().size() * (column.bits() / 8);
    }
}
