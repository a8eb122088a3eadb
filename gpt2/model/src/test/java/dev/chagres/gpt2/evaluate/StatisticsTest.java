package dev.chagres.gpt2.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static final long SEED = 2026;

    /// Equal values inside each window: what counts is the number of windows, not of values.
    @Test
    void errorsAreThoseOfWindows() {
        WindowedMean mean = new WindowedMean();
        Random random = new Random(SEED);
        double sum = 0;
        double squares = 0;
        for (int w = 0; w < 40; w++) {
            double value = random.nextGaussian();
            sum += value;
            squares += value * value;
            for (int i = 0; i < 50; i++) {
                mean.add(value);
            }
            mean.endWindow();
        }
        Estimate e = mean.estimate();
        double variance = (squares / 40 - sum * sum / 1600) / 39;
        assertThat(e.mean()).isCloseTo(sum / 40, within(1e-12));
        assertThat(e.error()).isCloseTo(Math.sqrt(variance), within(1e-12));
        assertThat(e.count()).isEqualTo(2000);
    }

    @Test
    void fewWindowsAreTakenAsValues() {
        WindowedMean mean = new WindowedMean();
        for (double v : new double[] {1, 2, 3, 6}) {
            mean.add(v);
        }
        mean.endWindow();
        assertThat(mean.estimate().mean()).isEqualTo(3);
        assertThat(mean.estimate().error()).isCloseTo(Math.sqrt(3.5 / 3), within(1e-12));
    }

    @Test
    void quantilesOfManyValues() {
        Differences differences = new Differences();
        for (int i = 1; i <= 1000; i++) {
            differences.add(i % 2 == 0 ? i : -i);
        }
        assertThat(differences.largest()).isEqualTo(1000);
        assertThat(differences.quantile(0.5)).isCloseTo(500, within(2.5));
        assertThat(differences.quantile(0.99)).isCloseTo(990, within(4.0));
        assertThat(new Differences().quantile(0.5)).isNaN();
    }

    /// The least value that so large a share does not exceed.
    @Test
    void quantilesOfFewValues() {
        double[] thousand = IntStream.rangeClosed(1, 1000).asDoubleStream().toArray();
        assertThat(PairedCounter.quantile(thousand, 0.999)).isEqualTo(999);
        assertThat(PairedCounter.quantile(thousand, 0.5)).isEqualTo(500);
        assertThat(PairedCounter.quantile(thousand, 1)).isEqualTo(1000);
        assertThat(PairedCounter.quantile(new double[] {7}, 0.999)).isEqualTo(7);
        assertThat(PairedCounter.quantile(Arrays.copyOf(thousand, 500), 0.999)).isEqualTo(500);
    }

    /// Nothing is compared with a model that overflows.
    @Test
    void logitsOfAFloatModelAreFinite() {
        assertThat(Distribution.ofFloats(new double[] {0, 0}, 3).loss(0)).isCloseTo(Math.log(2), within(1e-12));
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> Distribution.ofFloats(new double[] {0, bad}, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the logit " + bad + " after token 3 of the text");
        }
    }

    /// Two distributions by hand.
    @Test
    void divergenceOfDistributions() {
        Distribution p = new Distribution(new double[] {Math.log(0.5) + 3, Math.log(0.25) + 3, Math.log(0.25) + 3});
        Distribution q = new Distribution(new double[] {Math.log(0.25), Math.log(0.5), Math.log(0.25)});
        assertThat(p.best()).isZero();
        assertThat(q.best()).isEqualTo(1);
        assertThat(p.loss(0)).isCloseTo(Math.log(2), within(1e-12));
        assertThat(p.divergence(q)).isCloseTo(0.25 * Math.log(2), within(1e-12));
        assertThat(p.divergence(p)).isZero();
        Differences differences = new Differences();
        p.differences(q, differences);
        assertThat(differences.largest()).isCloseTo(Math.log(2), within(1e-12));
    }

    @Test
    void theFirstOfEqualLogitsIsChosen() {
        assertThat(new Distribution(new double[] {1, 2, 2}).best()).isEqualTo(1);
    }
}
