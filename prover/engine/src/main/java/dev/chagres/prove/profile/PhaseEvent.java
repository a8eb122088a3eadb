package dev.chagres.prove.profile;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

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

    @Label("Launches")
    @Description("Calls that started kernels of the device")
    long launches;

    @Label("Copies")
    long copies;

    @Label("Bytes In")
    @DataAmount
    long bytesIn;

    @Label("Bytes Out")
    @DataAmount
    long bytesOut;

    @Label("Waits")
    @Description("Calls that waited for the device")
    long waits;

    @Label("Wait Time")
    @Description("In waits, of all threads together")
    @Timespan
    long waitTime;

    PhaseEvent(String phase, String device) {
        this.phase = phase;
        this.device = device;
    }

    /// What the device was asked for meanwhile.
    void use(DeviceUse use) {
        launches = use.launches();
        copies = use.copies();
        bytesIn = use.bytesIn();
        bytesOut = use.bytesOut();
        waits = use.waits();
        waitTime = Math.round(1e9 * use.waitSeconds());
    }
}
