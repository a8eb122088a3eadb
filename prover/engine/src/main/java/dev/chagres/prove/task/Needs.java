package dev.chagres.prove.task;

/// What a task needs while it runs, besides the results it reads.
///
/// @param bytes of memory, its result included
/// @param wide whether it uses all threads; such a task runs alone
/// @param elsewhere whether another machine does the work: the task only waits, beside all others
public record Needs(long bytes, boolean wide, boolean elsewhere) {
    /// Waits for another machine.
    public static final Needs ELSEWHERE = new Needs(0, false, true);

    /// Next to no time and memory.
    public static final Needs LITTLE = new Needs(0, false, false);

    public Needs {
        if (bytes < 0) {
            throw new IllegalArgumentException(bytes + " bytes");
        }
    }

    /// A task that uses all threads.
    public static Needs wide(long bytes) {
        return new Needs(bytes, true, false);
    }

    /// A task that uses its share of the threads, beside others.
    public static Needs share(long bytes) {
        return new Needs(bytes, false, false);
    }
}
