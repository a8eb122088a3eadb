package dev.chagres.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private int calls;

    @Test
    void aCallTakesItsTime() {
        long nanos = 2_000_000;
        Timing t = Sampler.glance().time(() -> {
            calls++;
            for (long end = System.nanoTime() + nanos; System.nanoTime() < end; ) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        }, false);
        assertThat(t.best()).isGreaterThanOrEqualTo(nanos).isLessThanOrEqualTo(t.median());
        assertThat(t.callsPerSample()).isOne();
        assertThat(t.samples()).isEqualTo(3);
        assertThat(calls).isEqualTo(4);
        assertThat(t.fullSpeedSeconds()).isGreaterThanOrEqualTo(nanos / 1e9);
    }

    @Test
    void shortCallsAreTimedTogether() {
        Timing t = Sampler.quick().time(() -> calls++, true);
        assertThat(t.callsPerSample()).isGreaterThan(1000);
        assertThat(t.median()).isPositive();
    }
}
