package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterChoiceTest {
    private static final BigInteger LOOKUPS = BigInteger.valueOf(5L * 444_000_000);

    private static CommitmentParameters choose(long witness, long key, int target) {
        return ParameterChoice.forModel(witness, key, LOOKUPS, target);
    }

    /// Small models have short rows, large ones rows of 2^20 and more, keys of less than 2^27 values never more.
    @ParameterizedTest
    @CsvSource({"14, 14, 9", "18, 18, 13", "20, 20, 15", "24, 24, 19", "28, 26, 20", "34, 26, 20", "29, 27, 21",
        "29, 28, 22", "31, 31, 22"})
    void rowsGrowWithTheModel(int witnessBits, int keyBits, int k) {
        assertThat(choose(1L << witnessBits, 1L << keyBits, 100).k()).isEqualTo(k);
    }

    /// GPT-2 small at 1024 rows, 16 of them generated: 381 million values of the witness and 164,891,136 of the key.
    @Test
    void theOpeningOfGpt2Small() {
        long witness = 380_633_088;
        long key = 164_891_136;
        double[] kibibytes = {971.7, 624.9, 465.3, 398.2};
        for (int k = 19; k <= 22; k++) {
            int rows = (int) ((witness + (1L << k) - 1) >> k);
            int keyRows = (int) ((key + (1L << k) - 1) >> k);
            assertThat(OpeningSize.STANDARD.bytes(CommitmentParameters.forKey(k), rows, keyRows) / 1024).as("k %d", k)
                    .isCloseTo(kibibytes[k - 19], within(0.5));
        }
        CommitmentParameters chosen = choose(witness, key, 100);
        assertThat(chosen).isEqualTo(CommitmentParameters.forKey(21));
        // All else in such a proof has 357 KB or less.
        assertThat(OpeningSize.STANDARD.bytes(chosen, 182, 79) + 357_500).isLessThan(0.9 * (1 << 20));
    }

    /// 444 million fractions, 5 bad values each: 124 - 31.05 bits without work.
    @Test
    void workBeforeTheLookupsFollowsTheTarget() {
        assertThat(choose(1 << 24, 1 << 24, 100).lookupGrindingBits()).isEqualTo(16);
        assertThat(choose(1 << 24, 1 << 24, 110).lookupGrindingBits()).isEqualTo(18);
        assertThat(choose(1 << 24, 1 << 24, 110).targetBits()).isEqualTo(110);
    }

    @Test
    void moreThanAMatrixHoldsIsRefused() {
        assertThatThrownBy(() -> choose(1L << 43, 1, 100)).isInstanceOf(IllegalArgumentException.class);
    }
}
