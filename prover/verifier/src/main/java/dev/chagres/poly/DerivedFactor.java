package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// A multilinear polynomial that is a function of committed columns but not one of them. The prover sends its value
/// at the final point; whoever builds the statement must prove that value by a further sumcheck.
///
/// @param label for errors and listings
/// @param variables its groups, lowest first
/// @param table given the data of columns, passes every non-zero entry (index, value) to the sink
public record DerivedFactor(String label, List<Variable> variables, Table table) implements Factor {
    /// Fills the prover's table.
    @FunctionalInterface
    public interface Table {
        void fill(Function<Column, ? extends IntTensor> data, BiConsumer<Long, QM31> sink);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
