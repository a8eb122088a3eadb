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
        // N = 2^20, rate 1/2: theta N = 2^18.
        assertThat(SecurityAccount.foldBadValues(20, 1)).isEqualTo((1 << 18) + 4);
        // N = 2^16, rate 1/4: theta = 3/8.
        assertThat(SecurityAccount.foldBadValues(16, 2)).isEqualTo(3 * (1 << 13) + 4);
    }

    @Test
    void standardOpening() {
        SecurityAccount account = SecurityAccount.ofOpening(CommitmentParameters.forKey(19), 10, 1000);
        assertThat(account.minimum()).isCloseTo(118 * 0.6780719 + 20, within(1e-4)); // 100.0125
        assertThat(account.steps()).anySatisfy(s -> {
            assertThat(s.name()).isEqualTo("level 0 row fold");
            assertThat(s.bits()).isCloseTo(106, within(1e-4));
            assertThat(s.count()).isEqualTo(10);
        });
        // Query draws 100.1022, 100.0125, 100.5173, 100.3033 make nearly all of the sum:
        // 2^-100 (0.9316 + 0.9914 + 0.6987 + 0.8104) = 2^-100 * 3.4321, row folds add 10 * 2^-6 = 0.1562,
        // lane folds 5 * 2^-109.4 and less 0.0074: 3.5957 -> 1.846.
        assertThat(account.sum()).isCloseTo(98.154, within(0.01));
    }

    @Test
    void callersAddTheirSteps() {
        SecurityAccount account = new SecurityAccount().add("a", 100).add("b", 101, 2);
        assertThat(account.minimum()).isEqualTo(100);
        assertThat(account.sum()).isCloseTo(99, within(1e-9));
        assertThatThrownBy(() -> account.add("c", 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
