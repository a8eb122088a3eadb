package dev.chagres.bench.e2e;

import dev.chagres.prove.Progress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Adds up the time of each phase, and passes everything on to another listener.
final class PhaseTimer implements Progress {
    private final Progress next;
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private String phase;
    private long start;

    PhaseTimer(Progress next) {
        this.next = next;
    }

    @Override
    public synchronized void phase(String name, long steps) {
        finish();
        phase = name;
        start = System.nanoTime();
        next.phase(name, steps);
    }

    @Override
    public synchronized void step() {
        next.step();
    }

    /// Ends the last phase.
    synchronized void finish() {
        if (phase != null) {
            seconds.merge(phase, (System.nanoTime() - start) / 1e9, Double::sum);
            phase = null;
        }
    }

    /// Seconds by phase, in the order of their beginning. A phase that came twice is there once.
    synchronized Map<String, Double> seconds() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
    }
}
