package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

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
        assertThat(CommitmentParameters.queriesFor(80, 1)).isEqualTo(193);
        assertThat(CommitmentParameters.queriesFor(80, 2)).isEqualTo(118);
        assertThat(CommitmentParameters.queriesFor(80, 3)).isEqualTo(97);
        assertThat(CommitmentParameters.queriesFor(80, 4)).isEqualTo(88);
        assertThat(CommitmentParameters.queriesFor(100, 1)).isEqualTo(241);
    }

    @Test
    void challenges() {
        assertThat(SecurityAccount.FIELD_BITS).isCloseTo(124, within(1e-8));
        assertThat(SecurityAccount.challengeBits(1024)).isCloseTo(114, within(1e-8));
        // N of the proximity gap, 1 for the missing dimension, 2 for the round.
        assertThat(SecurityAccount.foldBadValues(20)).isEqualTo((1 << 20) + 3);
    }

    @Test
    void standardOpening() {
        SecurityAccount account = SecurityAccount.ofOpening(CommitmentParameters.forKey(19), 10, 1000);
        assertThat(account.minimum()).isCloseTo(118 * 0.6780719 + 20, within(1e-4)); // 100.0125
        assertThat(account.steps()).anySatisfy(s -> {
            assertThat(s.name()).isEqualTo("level 0 row fold");
            assertThat(s.bits()).isCloseTo(104, within(1e-4));
            assertThat(s.count()).isEqualTo(10);
        });
        // Lanes 5, 4, 4; coefficients 2^19, 2^14, 2^10, 2^6; codes 2^20, 2^16, 2^13, 2^10.
        // Query draws 193 * 0.415037 + 20 = 100.1022, 118 * 0.678072 + 20 = 100.0125, 97 * 0.830075 + 20 = 100.5173 and
        // 88 * 0.912537 + 20 = 100.3033 make 2^-100 (0.9316 + 0.9914 + 0.6987 + 0.8104) = 2^-100 * 3.4321; row folds of
        // 2^-104 add 10/16 = 0.6250, lane folds 5/2^8 + 4/2^11 + 4/2^14 = 0.0217, collisions 1/16 = 0.0625,
        // all others less than 0.0001: 4.1414 = 2^2.0501.
        assertThat(account.sum()).isCloseTo(97.9499, within(1e-3));
    }

    @Test
    void callersAddTheirSteps() {
        SecurityAccount account = new SecurityAccount().add("a", 100).add("b", 101, 2);
        assertThat(account.minimum()).isEqualTo(100);
        assertThat(account.sum()).isCloseTo(99, within(1e-9));
        assertThatThrownBy(() -> account.add("c", 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
