package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected figures are computed by hand from the formulas of docs/soundness.md.
class SecurityAccountTest {
    @Test
    void bitsPerQuery() {
        // log2(4/3), log2(8/5), log2(16/9), log2(32/17)
        assertThat(SecurityAccount.bitsPerQuery(1)).isCloseTo(0.415037, within(1e-6));
        assertThat(SecurityAccount.bitsPerQuery(2)).isCloseTo(0.678072, within(1e-6));
        assertThat(SecurityAccount.bitsPerQuery(3)).isCloseTo(0.830075, within(1e-6));
        assertThat(SecurityAccount.bitsPerQuery(4)).isCloseTo(0.912537, within(1e-6));
    }

    @Test
    void leastNumberOfQueries() {
        assertThat(ParameterChoice.queriesFor(80, 1)).isEqualTo(193);
        assertThat(ParameterChoice.queriesFor(80, 2)).isEqualTo(118);
        assertThat(ParameterChoice.queriesFor(80, 3)).isEqualTo(97);
        assertThat(ParameterChoice.queriesFor(80, 4)).isEqualTo(88);
        assertThat(ParameterChoice.queriesFor(78, 1)).isEqualTo(188);
        assertThat(ParameterChoice.queriesFor(78, 4)).isEqualTo(86);
        assertThat(ParameterChoice.queriesFor(88, 1)).isEqualTo(213);
        assertThat(ParameterChoice.queriesFor(88, 4)).isEqualTo(97);
        assertThat(ParameterChoice.queriesFor(100, 1)).isEqualTo(241);
    }

    /// p^4 is less than 2^124, by less than 2^96: no challenge reaches 124 bits less the bits of its bad values.
    @Test
    void challenges() {
        assertThat(SecurityAccount.FIELD).isEqualTo(BigInteger.valueOf((1L << 31) - 1).pow(4));
        SecurityAccount.Step step = SecurityAccount.challenge("c", BigInteger.valueOf(1024), 0, 1);
        assertThat(step.bits()).isCloseTo(114, within(1e-8));
        assertThat(step.reaches(113)).isTrue();
        assertThat(step.reaches(114)).isFalse();
        assertThat(SecurityAccount.challenge("c", BigInteger.valueOf(1023), 0, 1).reaches(114)).isTrue();
        // Work is counted.
        assertThat(SecurityAccount.challenge("c", BigInteger.valueOf(1024), 1, 1).reaches(114)).isTrue();
        // N of the proximity gap, 1 for the missing dimension, 2 for the round.
        assertThat(SecurityAccount.foldBadValues(20)).isEqualTo(BigInteger.valueOf((1 << 20) + 3));
    }

    /// A fold over words of 2^24 is worth 99.9999997 bits, which prints as 100.0 and is not enough; a bit of work is.
    @Test
    void aHairBelowIsBelow() {
        BigInteger bad = SecurityAccount.foldBadValues(24);
        SecurityAccount.Step fold = SecurityAccount.challenge("fold", bad, 0, 1);
        assertThat(fold.bits()).isCloseTo(100, within(1e-6)).isLessThan(100);
        assertThat(fold.reaches(100)).isFalse();
        assertThat(SecurityAccount.challenge("fold", bad, 1, 1).reaches(100)).isTrue();
    }

    /// The draws next to the two targets: 183 log2(4/3) + 24 = 99.952, 80 log2(32/17) + 27 = 100.003; 207 log2(4/3)
    /// + 24 = 109.913, 91 log2(32/17) + 27 = 110.041.
    @ParameterizedTest
    @CsvSource({"1, 183, 24, 99", "4, 80, 27, 100", "1, 184, 24, 100", "1, 207, 24, 109", "4, 91, 27, 110",
        "1, 208, 24, 110", "4, 90, 27, 109"})
    void queriesNextToATarget(int rateBits, int queries, int work, int level) {
        SecurityAccount account = new SecurityAccount().addQueries("queries", queries, rateBits, work);
        assertThat(account.level()).isEqualTo(level);
        assertThat(account.reaches(level)).isTrue();
        assertThat(account.reaches(level + 1)).isFalse();
        assertThat(account.minimum()).isCloseTo(queries * SecurityAccount.bitsPerQuery(rateBits) + work, within(1e-9));
    }

    @Test
    void standardOpening() {
        SecurityAccount account = SecurityAccount.ofOpening(CommitmentParameters.forKey(20), 10, 1000);
        assertThat(account.level()).isEqualTo(100);
        assertThat(account.minimum()).isCloseTo(188 * 0.4150375 + 22, within(1e-4)); // 100.0270
        assertThat(account.steps()).anySatisfy(s -> {
            assertThat(s.name()).isEqualTo("level 0 row fold");
            assertThat(s.bits()).isCloseTo(103, within(1e-4));
            assertThat(s.count()).isEqualTo(10);
        });
        // Lanes 4, 4, 3; coefficients 2^20, 2^16, 2^12, 2^9; codes 2^21, 2^20, 2^16, 2^13. Query draws 188 * 0.4150375
        // + 22 = 100.0270 and 86 * 0.9125372 + 22 = 100.4782 make 2^-100 (0.9815 + 3 * 0.7179) = 2^-100 * 3.1352; row
        // folds of 2^-103 add 10/8 = 1.25, lane folds 4/2^4 + 4/2^8 + 3/2^11 = 0.2671, collisions 2^-12 = 0.0002, all
        // others less than 0.0001: 4.6525 = 2^2.2180.
        assertThat(account.sumOfCosts()).isCloseTo(97.7820, within(1e-3));
        // Without work the draws alone count: 2^-78 * 3.1352 = 2^-76.3514.
        assertThat(account.interactive()).isCloseTo(76.3514, within(1e-3));
    }

    @Test
    void callersAddTheirSteps() {
        SecurityAccount account = new SecurityAccount().addHash("a", 100)
                .addChallenge("b", SecurityAccount.FIELD.shiftRight(101), 0, 2);
        assertThat(account.level()).isEqualTo(100);
        assertThat(account.minimum()).isEqualTo(100);
        assertThat(account.sumOfCosts()).isCloseTo(99, within(1e-6));
        // No hash in the interactive protocol.
        assertThat(account.interactive()).isCloseTo(100, within(1e-6));
        assertThatThrownBy(() -> account.addChallenge("c", BigInteger.ZERO, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> account.addChallenge("c", SecurityAccount.FIELD, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
