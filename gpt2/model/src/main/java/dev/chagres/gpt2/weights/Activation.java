package dev.chagres.gpt2.weights;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The MLP's non-linearity. Evaluated with [StrictMath] and IEEE double arithmetic in a fixed order only, so that the
/// value is the same on every machine and tables may be built from it.
///
/// Names and definitions are those of `ACT2FN` in Hugging Face transformers (`activations.py`). Several names mean one
/// function: they differ there in how it is computed, by less than the precision of single floats.
public enum Activation {
    /// `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, the form GPT-2 was trained with.
    GELU_TANH(-0.1701, "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate", "gelu_python_tanh") {
        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + StrictMath.tanh(SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)));
        }
    },
    /// `x/2 (1 + erf(x / sqrt(2)))`.
    GELU_ERF(-0.1701, "gelu", "gelu_python") {
        @Override
        public double apply(double x) {
            return 0.5 * x * (1 + ErrorFunction.erf(x / SQRT_2));
        }
    },
    /// `max(x, 0)`.
    RELU(0, "relu") {
        @Override
        public double apply(double x) {
            return Math.max(x, 0);
        }
    },
    /// `x / (1 + e^-x)`.
    SILU(-0.2785, "silu", "swish") {
        @Override
        public double apply(double x) {
            return x / (1 + StrictMath.exp(-x));
        }
    },
    /// `x / (1 + e^(-1.702 x))`.
    QUICK_GELU(-0.1637, "quick_gelu") {
        @Override
        public double apply(double x) {
            return x / (1 + StrictMath.exp(-1.702 * x));
        }
    },
    /// The hyperbolic tangent.
    TANH(-1, "tanh") {
        @Override
        public double apply(double x) {
            return StrictMath.tanh(x);
        }
    };

    private static final double SQRT_2 = StrictMath.sqrt(2);
    private static final double SQRT_2_OVER_PI = StrictMath.sqrt(2 / StrictMath.PI);

    private final double minimum;
    private final List<String> names;

    Activation(double minimum, String... names) {
        this.minimum = minimum;
        this.names = List.of(names);
    }

    /// The function of a name in `config.json`; empty if it is not known.
    public static Optional<Activation> of(String name) {
        return Arrays.stream(values()).filter(a -> a.names.contains(name)).findFirst();
    }

    /// All names there are, for messages.
    static String allNames() {
        return Arrays.stream(values()).flatMap(a -> a.names.stream()).collect(Collectors.joining(", "));
    }

    /// The function's value at a finite `x`.
    public abstract double apply(double x);

    /// A bound: no value is below it. At most 0.
    public double minimum() {
        return minimum;
    }

    /// The name written to `config.json`.
    public String configName() {
        return names.getFirst();
    }
}
