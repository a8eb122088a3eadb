package dev.chagres.gpt2.weights;

/// The MLP's non-linearity. Evaluated with [StrictMath] and IEEE double arithmetic in a fixed order only, so that the
/// value is the same on every machine and tables may be built from it.
public enum Activation {
    /// `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, the form GPT-2 was trained with.
    GELU_TANH("gelu_new") {
        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + StrictMath.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
        }
    },
    /// `x/2 (1 + erf(x / sqrt(2)))`.
    GELU_ERF("gelu") {
        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + ErrorFunction.erf(x / SQRT_2));
        }
    };

    private static final double SQRT_2 = StrictMath.sqrt(2);
    private static final double SQRT_2_OVER_PI = StrictMath.sqrt(2 / StrictMath.PI);

    private final String configName;

    Activation(String configName) {
        this.configName = configName;
    }

    /// The function's value at `x`.
    public abstract double apply(double x);

    /// The name written to `config.json`.
    public String configName() {
        return configName;
    }
}
