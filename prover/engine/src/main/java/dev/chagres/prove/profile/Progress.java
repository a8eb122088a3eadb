package dev.chagres.prove.profile;

/// Receives the progress of a long run. Calls come from any thread of the engine, one at a time.
///
/// A listener that throws ends the run, which gives its memory back and throws the same; by
/// [java.util.concurrent.CancellationException] it says that nothing is wrong.
public interface Progress {
    /// Says nothing.
    Progress NONE = new Progress() {
        @Override
        public void phase(String name, long steps) {}

        @Override
        public void step() {}
    };

    /// A phase begins; the one before, if any, is over.
    ///
    /// @param steps how many calls of [#step()] will follow, 0 when unknown
    void phase(String name, long steps);

    /// One step of the phase is done.
    void step();

    /// How far the step is that is under way, where it is a long one. Listeners that pass calls on pass on this one too.
    ///
    /// @param what is being done
    /// @param done parts of it, from 0 to `parts`
    default void within(String what, long done, long parts) {}

    /// The last phase is over.
    default void end() {}
}
