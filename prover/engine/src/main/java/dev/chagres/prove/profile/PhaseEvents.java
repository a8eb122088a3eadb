package dev.chagres.prove.profile;

/// Tells JDK Flight Recorder about phases, and passes everything on to another listener.
public final class PhaseEvents implements Progress {
    private final String device;
    private final DeviceMeter meter;
    private final Progress next;
    private PhaseEvent event;
    private DeviceUse before;

    /// @param device where stages are computed, by name
    /// @param meter of the device
    public PhaseEvents(String device, DeviceMeter meter, Progress next) {
        this.device = device;
        this.meter = meter;
        this.next = next;
    }

    @Override
    public void phase(String name, long steps) {
        DeviceUse now = meter.read();
        commit(now);
        event = new PhaseEvent(name, device);
        before = now;
        event.begin();
        next.phase(name, steps);
    }

    @Override
    public void step() {
        next.step();
    }

    @Override
    public void within(String what, long done, long parts) {
        next.within(what, done, parts);
    }

    @Override
    public void end() {
        commit(meter.read());
        next.end();
    }

    private void commit(DeviceUse now) {
        if (event != null) {
            event.end();
            event.use(now.since(before));
            event.commit();
            event = null;
        }
    }
}
