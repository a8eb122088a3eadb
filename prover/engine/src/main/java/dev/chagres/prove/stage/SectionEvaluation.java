package dev.chagres.prove.stage;

/// One evaluation of the sections of a graph, in order. Owns the memory of its tasks until closed. One thread at a
/// time.
public interface SectionEvaluation extends AutoCloseable {
    /// Evaluates rows [from, to) of the operations of a section, the last rows of all, and completes what needs all
    /// rows; earlier sections are complete. The tensors of the section are in the witness afterwards.
    ///
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    void section(int section, int from, int to);

    @Override
    void close();
}
