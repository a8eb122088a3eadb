package dev.chagres.prove.stage;

import java.util.function.IntConsumer;

/// The rows of a sequence while it is generated: those of the prompt together, then one after another. Owns the memory
/// of its tasks until closed. One thread at a time.
public interface RowGeneration extends AutoCloseable {
    /// Evaluates rows [0, rows), section by section; the first call of all.
    ///
    /// @param each called after every section with the number of those that are done
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    void prompt(int rows, IntConsumer each);

    /// Evaluates a row for its token alone and leaves the witness as it is; all earlier rows have been evaluated.
    ///
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    void draft(int row);

    /// The smallest id with the largest logit of the row that was evaluated last.
    ///
    /// @param row its number
    int choice(int row);

    /// Whether the integers of the prompt are in the witness. A place that computes them faster than it brings them
    /// there says no, and the witness is as it was.
    boolean keepsPrompt();

    @Override
    void close();
}
