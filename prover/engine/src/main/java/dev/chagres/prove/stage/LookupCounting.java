package dev.chagres.prove.stage;

/// One count of the lookups of all sections of a graph, which become the multiplicities of its tables. Owns its memory
/// until closed. One thread at a time.
public interface LookupCounting extends AutoCloseable {
    /// Counts the lookups of a section that is evaluated.
    ///
    /// @param section its number; each comes once
    /// @throws IllegalStateException naming segment, position and tuple, if a tuple is not in its table
    void section(int section);

    /// Makes the counts the multiplicities, which are 0 before. Nothing is counted afterwards.
    void finish();

    @Override
    void close();
}
