package dev.chagres.model.decoder;

import dev.chagres.semantics.IntegerSemantics;
import java.math.BigInteger;

/// How a model knows where a token is.
public sealed interface Positions {
    /// A learned vector is added to the embedding of every position.
    record Learned() implements Positions {}

    /// Pairs of channels of every query and key are rotated by angles that grow with the position
    /// (docs/semantics.md, section 3.3).
    ///
    /// @param scaleBits kappa: the tables hold `round(2^kappa cos)` and `round(2^kappa sin)`
    /// @param fractionBits x: what is rotated has x bits more than what is clamped
    record Rotary(int scaleBits, int fractionBits) implements Positions {
        /// The shift of a rotated value, kappa + x.
        public int shift() {
            return scaleBits + fractionBits;
        }

        /// The largest magnitude of a rotated value before its shift, whatever two values of `bits` signed bits are:
        /// `isqrt(2 (2^(bits-1) (2^kappa + 1))^2) + 1`, by Cauchy-Schwarz.
        public long bound(int bits) {
            BigInteger radius = BigInteger.valueOf((1L << bits - 1) * ((1L << scaleBits) + 1));
            return radius.multiply(radius).shiftLeft(1).sqrt().longValueExact() + 1;
        }

        /// The largest magnitude of a rotated value after its shift.
        public long quotientBound(int bits) {
            return IntegerSemantics.rsh(bound(bits), shift());
        }
    }
}
