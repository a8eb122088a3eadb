package dev.chagres.prove.stage;

import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.function.Function;

/// Data of table columns whose values are with the model key.
public final class KeyColumns {
    private KeyColumns() {}

    /// The data of a key column; element i belongs to slot i of the table, absent ones are zero.
    ///
    /// @throws IllegalArgumentException if the column does not have tiles of the table
    public static <T extends IntTensor> T data(Table table, TablePolynomial.Stored key, Function<Column, T> columns) {
        Column column = key.column();
        T data = columns.apply(column);
        if (column.shape().lowBits() != table.tileBits() || column.shape().tileCount() > table.starts().length
                || data.size() != column.shape().size()) {
            throw new IllegalArgumentException("column " + column + " does not fit table " + table);
        }
        return data;
    }
}
