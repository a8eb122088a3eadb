package dev.chagres.ffm;

import java.util.concurrent.atomic.LongAdder;

/// Counts what a device is asked for. Any thread counts; a reading meanwhile has each number at some moment of its own.
final class DeviceCounters {
    private final LongAdder launches = new LongAdder();
    private final LongAdder copiesIn = new LongAdder();
    private final LongAdder copiesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder waits = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();

    void launched() {
        launches.increment();
    }

    void copiedIn(long bytes) {
        copiesIn.increment();
        bytesIn.add(bytes);
    }

    void copiedOut(long bytes) {
        copiesOut.increment();
        bytesOut.add(bytes);
    }

    void waited(long nanos) {
        waits.increment();
        waitNanos.add(nanos);
    }

    DeviceCount read(long peakBytes) {
        return new DeviceCount(launches.sum(), copiesIn.sum(), copiesOut.sum(), bytesIn.sum(), bytesOut.sum(),
                waits.sum(), waitNanos.sum(), peakBytes);
    }
}
