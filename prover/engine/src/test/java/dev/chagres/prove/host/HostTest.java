package dev.chagres.prove.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When a range is shared out over threads.
class HostTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16})
    void noPartIsShorterThanTheLeastOne(int threads) {
        Host host = TestHosts.of(threads);
        long least = Host.LEAST_PART;
        for (long n : new long[] {0, 1, 16, least - 1, least, 2 * least - 1, 2 * least, 3 * least + 5, 16 * least,
            100 * least + 17}) {
            Map<Long, Long> ranges = Collections.synchronizedMap(new TreeMap<>());
            host.ranges(n, (_, from, to) -> ranges.put(from, to));
            assertThat(ranges).as("%d elements", n).hasSize(host.parts(n));
            assertThat(host.parts(n)).isBetween(1, threads);
            long at = 0;
            for (Map.Entry<Long, Long> r : ranges.entrySet()) {
                assertThat(r.getKey()).as("%d elements", n).isEqualTo(at);
                assertThat(at % 16).isZero();
                at = r.getValue();
                assertThat(ranges.size() == 1 || at - r.getKey() > least - 16).as("%d elements, %s", n, r).isTrue();
            }
            assertThat(at).isEqualTo(n);
        }
    }

    @Test
    void allThreadsTakePartInWhatIsLong() {
        assertThat(TestHosts.of(2).parts(2 * Host.LEAST_PART - 1)).isEqualTo(1);
        assertThat(TestHosts.of(2).parts(2 * Host.LEAST_PART)).isEqualTo(2);
        assertThat(TestHosts.of(16).parts(4 * Host.LEAST_PART)).isEqualTo(4);
        assertThat(TestHosts.of(16).parts(1L << 30)).isEqualTo(16);
    }

    @Test
    void shortWorkStaysWithItsCaller() {
        Thread caller = Thread.currentThread();
        TestHosts.of(3).ranges(2 * Host.LEAST_PART - 16, (part, _, _) -> {
            assertThat(part).isZero();
            assertThat(Thread.currentThread()).isSameAs(caller);
        });
    }
}
