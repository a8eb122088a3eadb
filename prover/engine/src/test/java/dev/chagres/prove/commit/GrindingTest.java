package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.host.TestHosts;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrindingTest {
    @ParameterizedTest
    @CsvSource({"open/grind., 13, 1", "open/grind., 14, 3", "abc, 9, 2", "grind, 9, 2", "lookup, 12, 2", "x, 11, 3",
        "a tag of 23 characters., 9, 1"})
    void findsTheTranscriptsNonce(String tag, int bits, int threads) {
        for (int seed = 0; seed < 4; seed++) {
            Transcript transcript = Transcript.start("grinding " + seed);
            ProverChannel expected = new ProverChannel(transcript.fork(1));
            ProverChannel actual = new ProverChannel(transcript.fork(1));
            expected.grind(tag, bits);
            Grinding.grind(actual, tag, bits, TestHosts.of(threads).stages());
            assertThat(actual.bytes()).as("seed %d", seed).isEqualTo(expected.bytes());
            assertThat(actual.transcript().state()).isEqualTo(expected.transcript().state());
        }
    }

    @Test
    void aNonceWithoutWorkIsRefused() {
        Transcript transcript = Transcript.start("grinding");
        long least = transcript.fork(1).grind("abc", 10);
        assertThat(least).isPositive();
        assertThatThrownBy(() -> new ProverChannel(transcript.fork(1)).grind("abc", 10, least - 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
