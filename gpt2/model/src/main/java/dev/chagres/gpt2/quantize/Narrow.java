package dev.chagres.gpt2.quantize;

/// Integers of 16 bits.
final class Narrow {
    private Narrow() {}

    /// The integer next to a value.
    ///
    /// @throws ArithmeticException if it is beyond +-32767: a scale was chosen wrongly
    static short round(double value) {
        double rounded = Math.rint(value);
        if (!(Math.abs(rounded) <= Short.MAX_VALUE)) {
            throw new ArithmeticException("an integer " + rounded + " of the model is beyond 32767");
        }
        return (short) rounded;
    }
}
