package dev.chagres.graph;

/// The memory of one thread of an [Evaluation] while it runs one task.
public interface Workspace {
    /// A panel for the duration of the task, contents undefined.
    Panel panel(int channels, int lanes);
}
