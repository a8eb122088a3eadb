package dev.chagres.prove.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A phase of a run, from its begin to the begin of the next.
@Name("chagres.Phase")
@Label("Phase")
@Category("Chagres")
@Description("A phase of a proof or of the setup of a key")
@StackTrace(false)
final class PhaseEvent extends Event {
    @Label("Phase")
    final String phase;

    @Label("Device")
    @Description("Where the stages of a proof are computed")
    final String device;

    PhaseEvent(String phase, String device) {
        this.phase = phase;
        this.device = device;
    }
}
