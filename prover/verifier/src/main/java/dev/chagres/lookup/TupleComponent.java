package dev.chagres.lookup;

import dev.chagres.tensor.Column;
import java.util.List;

/// One component of a looked-up tuple, as a function of the position in its [Lookup].
public sealed interface TupleComponent {
    /// offset + sum of scaled committed columns. A column may lack axes of the segment; it is then constant along them.
    record Linear(long offset, List<Term> terms) implements TupleComponent {}

    /// scale * column.
    record Term(long scale, Column column) {}

    /// A virtual tensor of the segment's shape.
    record Proved(VirtualTensor virtual) implements TupleComponent {}

    /// The column itself.
    static TupleComponent of(Column column) {
        return new Linear(0, List.of(new Term(1, column)));
    }

    /// scale * column + offset.
    static TupleComponent of(long scale, Column column, long offset) {
        return new Linear(offset, List.of(new Term(scale, column)));
    }

    static TupleComponent of(VirtualTensor virtual) {
        return new Proved(virtual);
    }
}
