package dev.chagres.graph;

import dev.chagres.lookup.Lookup;
import dev.chagres.semantics.DomainException;
import dev.chagres.tensor.Column;
import java.util.List;

/// One operation of the model graph: integer evaluation, committed columns, lookups and the reduction of its claims,
/// unless a [Reduction] of several operations takes its place.
public interface Operation extends Reduction {
    /// Unique in the graph.
    String name();

    /// Witness columns that the operation defines (not those it reads), in commitment order.
    List<Column> columns();

    /// Those of [#columns()] that later operations read while rows are evaluated: activation tensors
    /// `[block][channel^][channel][row]`. A draft holds one row of each of them and of no other witness column.
    default List<Column> activations() {
        return List.of();
    }

    /// Those of [#columns()] that whoever evaluates need not store: a lookup of the operation has each of them as a
    /// whole component, opposite a column that is with the key, behind a virtual tensor of the column's shape.
    default List<Column> derived() {
        return List.of();
    }

    /// Lookups that force the values of the columns.
    List<Lookup> segments();

    /// Computes rows [from, to) of every column and virtual tensor of this operation. Rows are token positions, padded
    /// rows included; all earlier rows, and these rows of the operations before, are there.
    ///
    /// @throws DomainException if the residual stream leaves its domain
    void evaluate(Evaluation run, int from, int to);

    /// Computes what needs rows that come later, such as masked positions; called once, after the last row.
    default void finish(Evaluation run) {}

    /// Multiply-adds of the evaluation of all rows, padded rows and channels included.
    default long multiplyAdds() {
        return 0;
    }

    /// Terms of those sumchecks of the reduction that run over whole tensors, not over tensors that were folded at a
    /// point. No more than two private factors of such a sumcheck have that many values.
    default long products() {
        return 0;
    }

    /// Bytes that the operation keeps in its [Evaluation#state] while rows are evaluated, tables that operations share
    /// not included.
    default long stateBytes() {
        return 0;
    }

    /// Bytes that the operation asks [Evaluation#allocate] for in one run, a table that operations share counted by each.
    default long allocatedBytes() {
        return stateBytes();
    }

    /// Elements of all panels that a task of the evaluation has at the same time, at most: those that it asks its
    /// [Workspace] for and, in a product, accumulators of all channels.
    ///
    /// @param lanes rows of a task, at most those of a block
    default long panelElements(int lanes) {
        return 0;
    }

    @Override
    default List<Operation> operations() {
        return List.of(this);
    }
}
