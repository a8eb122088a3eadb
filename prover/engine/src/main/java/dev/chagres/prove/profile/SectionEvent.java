package dev.chagres.prove.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// One section of a proof: its fraction tree and its reductions, on the thread that proved it.
@Name("chagres.Section")
@Label("Section")
@Category("Chagres")
@Description("A section of a proof: its lookups and the reductions of its operations")
@StackTrace(false)
public final class SectionEvent extends Event implements AutoCloseable {
    @Label("Section")
    final String section;

    @Label("Lookups")
    final long lookups;

    private SectionEvent(String section, long lookups) {
        this.section = section;
        this.lookups = lookups;
    }

    /// Begins a section; it ends when the event is closed.
    ///
    /// @param lookups leaves of its fraction tree
    public static SectionEvent start(String section, long lookups) {
        SectionEvent event = new SectionEvent(section, lookups);
        event.begin();
        return event;
    }

    @Override
    public void close() {
        commit();
    }
}
