package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
    /// Values of the C library's `erf`, rounded to 16 digits.
    @ParameterizedTest
    @CsvSource({
        "0, 0", "1e-10, 1.1283791670955127e-10", "0.1, 0.1124629160182849", "0.5, 0.5204998778130465",
        "1, 0.8427007929497149",
        "2, 0.9953222650189527", "3.5, 0.9999992569016276", "5.9, 1", "7, 1"
    })
    void errorFunction(double x, double expected) {
        assertThat(ErrorFunction.erf(x)).isCloseTo(expected, within(1e-15 * expected));
        assertThat(ErrorFunction.erf(-x)).isEqualTo(-ErrorFunction.erf(x));
    }

    /// Published values of PyTorch's two GELU forms.
    @ParameterizedTest
    @CsvSource({
        "1, 0.8411919906082768, 0.8413447460685429",
        "-1, -0.15880800939172324, -0.15865525393145707",
        "3, 2.996362607, 2.995950306",
        "-12, 0, 0", "12, 12, 12", "0, 0, 0"
    })
    void gelu(double x, double tanhForm, double erfForm) {
        assertThat(Activation.GELU_TANH.apply(x)).isCloseTo(tanhForm, within(1e-9));
        assertThat(Activation.GELU_ERF.apply(x)).isCloseTo(erfForm, within(1e-9));
    }

    /// Values of `torch.nn.functional` to seven digits.
    @ParameterizedTest
    @CsvSource({
        "RELU, 1.5, 1.5", "RELU, -1.5, 0", "SILU, 1, 0.7310586", "SILU, -1.278465, -0.2784645", "SILU, -1e300, 0",
        "QUICK_GELU, 1, 0.8457958", "QUICK_GELU, -1, -0.1542042", "TANH, 0.5, 0.4621172", "TANH, -1e300, -1"
    })
    void others(Activation activation, double x, double value) {
        assertThat(activation.apply(x)).isCloseTo(value, within(1e-7));
    }

    @ParameterizedTest
    @EnumSource
    void noValueIsBelowTheMinimum(Activation activation) {
        double lowest = 0;
        for (int i = -200_000; i <= 200_000; i++) {
            lowest = Math.min(lowest, activation.apply(i / 5000.0));
        }
        assertThat(lowest).isGreaterThanOrEqualTo(activation.minimum());
        assertThat(lowest).as("the bound is near").isCloseTo(activation.minimum(), within(2e-4));
        assertThat(activation.apply(-Double.MAX_VALUE)).isBetween(activation.minimum(), 0.0);
    }
}
