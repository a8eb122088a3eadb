package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivationTest {
    /// Values of the C library's `erf`, rounded to 16 digits.
    @ParameterizedTest
    @CsvSource({
        "0, 0", "1e-10, 1.1283791670955127e-10", "0.1, 0.1124629160182849", "0.5, 0.5204998778130465", "1, 0.8427007929497149",
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
}
