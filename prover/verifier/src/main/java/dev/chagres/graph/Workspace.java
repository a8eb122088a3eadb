package dev.chagres.graph;

/// The memory of one thread of an [Evaluation] while it runs one task.
public interface Workspace {
    /// A panel for the duration of the task, contents undefined.
    default Panel panel(int channels, int lanes) {
        return panel(channels, lanes, 1);
    }

    /// The same with several groups of lanes.
    ///
    /// @param groups at most what [Evaluation#groupsOfTask] gave
    Panel panel(int channels, int lanes, int groups);
}
