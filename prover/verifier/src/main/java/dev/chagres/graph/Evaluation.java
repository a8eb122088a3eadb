package dev.chagres.graph;

import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.function.Supplier;

/// The memory, the threads and the heavy arithmetic of one run of the integer program.
///
/// An operation splits its work into tasks; each works on panels of its [Workspace] and writes its own part of the
/// tensors, so results do not depend on the threads.
///
/// A row may be *drafted*, for its token alone: then the tensors of the witness are left as they are, activation
/// tensors hold this one row, and only what a later operation reads need be written. Later rows read nothing of it but
/// what operations keep in their [#state].
public interface Evaluation {
    /// Data of a witness or key column.
    IntTensor of(Column column);

    /// Data of a virtual tensor.
    IntTensor of(VirtualTensor virtual);

    /// Whether the row that is evaluated is a draft. Only the columns that operations name in
    /// [Operation#activations()] have drafts.
    boolean draft();

    /// Whether activations alone are wanted, of a draft or of many rows: then no other witness column is there, and no
    /// virtual tensor.
    default boolean activationsOnly() {
        return draft();
    }

    /// Token id of a row; 0 for padded rows.
    int token(int row);

    /// Rows of one task, at most.
    ///
    /// @param cached what suits the caches of a processor, a power of two
    /// @return a power of two
    default int rowsOfTask(int cached) {
        return cached;
    }

    /// Groups of lanes of one task, at most.
    ///
    /// @param most so many that the panels of a task are not too large
    /// @return `most`, or 1
    default int groupsOfTask(int most) {
        return 1;
    }

    /// One part of an operation.
    interface Task {
        /// @param memory of the thread that runs the task
        /// @param index number of the task
        void run(Workspace memory, int index);
    }

    /// Runs tasks 0 .. tasks - 1, started in this order, on all threads of the run and waits for them. If tasks fail,
    /// the failure of the first of them in this order is thrown. Not to be called from a task.
    void parallel(int tasks, Task task);

    /// Takes the accumulators of a matrix product.
    interface Sink {
        /// @param acc accumulators `[output channel][row]`, bias included; to be used up
        /// @param channel output channel of the first channel of `acc`, in the order (low channel bits, high)
        /// @param row sequence row of lane 0; all lanes are in one block of rows
        void accept(Workspace memory, Panel acc, int channel, int row);
    }

    /// Computes rows [from, to) of a matrix product, tile by tile, on all threads of the run. Not to be called from a
    /// task.
    ///
    /// @param sink called for every tile once, in any order, on several threads at a time
    void product(MatrixProduct product, int from, int to, Sink sink);

    /// What an operation keeps between its calls during one run; created on first use. Not to be called from a task.
    <T> T state(Object key, Supplier<T> create);

    /// Zeroed memory that lasts as long as the run, for [#state]. Not to be called from a task.
    ///
    /// @param width bits per value, 16 or 32
    IntTensor allocate(long size, int width);
}
