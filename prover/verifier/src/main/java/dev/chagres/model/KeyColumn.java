package dev.chagres.model;

import dev.chagres.tensor.Column;

/// A column whose values are stored with the model key: committed, or defined by the public numbers of the model.
///
/// @param column of the key; [Column#bits()] is the width of a stored value
/// @param content what fills it
public record KeyColumn(Column column, KeyContent content) {
    public KeyColumn {
        if (column.tree() == Column.Tree.WITNESS) {
            throw new IllegalArgumentException(column + " is no key column");
        }
    }

    /// Bytes of the stored values.
    public long bytes() {
        return column.shape().size() * (column.bits() / 8);
    }
}
