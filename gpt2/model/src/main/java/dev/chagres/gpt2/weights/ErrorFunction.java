package dev.chagres.gpt2.weights;

/// The Gauss error function, from its definition.
final class ErrorFunction {
    private static final double TWO_OVER_SQRT_PI = 2 / StrictMath.sqrt(StrictMath.PI);

    /// `1 - erf(6) < 2.2e-17`, less than half a unit in the last place of 1.
    private static final double SATURATION = 6;

    private ErrorFunction() {}

    /// `erf(x)` in [-1, 1], absolute error below `1e-15`: the series
    /// `2/sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 3 5 ... (2n+1))` (Abramowitz and Stegun 7.1.6), whose terms
    /// all have one sign.
    static double erf(double x) {
        if (Double.isNaN(x)) {
            return x;
        }
        if (StrictMath.abs(x) >= SATURATION) {
            return StrictMath.signum(x);
        }
        double term = x;
        double sum = x;
        double twoSquare = 2 * x * x;
        for (int n = 1; ; n++) {
            term *= twoSquare / (2 * n + 1);
            double next = sum + term;
            if (next == sum) {
                double value = TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
                return StrictMath.clamp(value, -1.0, 1.0);
            }
            sum = next;
        }
    }
}
