package dev.chagres.prove.profile;

import dev.chagres.kernel.MemoryPool;
import java.util.ArrayList;
import java.util.List;

/// Measures phases, and passes everything on to another listener. The peak of a memory pool is started again with every
/// phase, so one recorder at a time.
public final class PhaseRecorder implements Progress {
    private final MemoryPool pool;
    private final DeviceMeter meter;
    private final Progress next;
    private final List<Phase> phases = new ArrayList<>();
    private String name;
    private long start;
    private DeviceUse before;

    /// What was measured.
    ///
    /// @param seconds wall time
    /// @param peakBytes most bytes of the pool in use at a time
    /// @param device what the device was asked for
    public record Phase(String name, double seconds, long peakBytes, DeviceUse device) {}

    /// @param pool whose peaks are recorded
    /// @param meter of the device
    public PhaseRecorder(MemoryPool pool, DeviceMeter meter, Progress next) {
        this.pool = pool;
        this.meter = meter;
        this.next = next;
    }

    @Override
    public synchronized void phase(String name, long steps) {
        DeviceUse now = meter.read();
        finish(now);
        pool.resetPeak();
        meter.resetPeak();
        this.before = now;
        this.name = name;
        this.start = System.nanoTime();
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
    public synchronized void end() {
        finish(meter.read());
        next.end();
    }

    /// @param now one reading for the end of a phase and the begin of the next, so that phases add up
    private void finish(DeviceUse now) {
        if (name != null) {
            phases.add(new Phase(name, (System.nanoTime() - start) / 1e9, pool.peak(),
                    now.since(before)));
            name = null;
        }
    }

    /// The phases that are over, in order.
    public synchronized List<Phase> phases() {
        return List.copyOf(phases);
    }
}
