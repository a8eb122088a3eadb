package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Closing after a failure never hides the failure.
class ClosingTest {
    @Test
    void whatFailsBesidesIsKept() {
        IllegalStateException failure = new IllegalStateException("first");
        IllegalArgumentException second = new IllegalArgumentException("second");
        Closing.after(failure, () -> {
            throw second;
        });
        assertThat(failure.getSuppressed()).containsExactly(second);
    }

    @Test
    void theSameFailureIsToldOnce() {
        IllegalStateException failure = new IllegalStateException("first");
        AtomicInteger calls = new AtomicInteger();
        Closing.after(failure, () -> {
            calls.incrementAndGet();
            throw failure;
        });
        Closing.after(failure, calls::incrementAndGet);
        assertThat(calls).hasValue(2);
        assertThat(failure.getSuppressed()).isEmpty();
    }
}
