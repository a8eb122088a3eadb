package dev.chagres.gpt2.model;

import dev.chagres.semantics.Interval;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A matrix with bias, the shift of its accumulator, and what is proved about both:
/// `acc[j] = sum_k weights[j][k] in[k] + bias[j]`, `u[j] = rsh(acc[j], shift)`.
///
/// @param weights little-endian signed 16-bit, row-major `[outputs][inputs]`, unpadded, |w| <= 32767
/// @param outputs rows
/// @param inputs  columns
/// @param bias    one per output
/// @param shift   0..16
/// @param acc     proved to hold every accumulator of this matrix
/// @param u       `acc` shifted: proved to hold every u of this matrix. For a wide write a part of it that holds 0:
///                what a proof can hold; a run that adds more leaves its domain
public record IntegerLinear(MemorySegment weights, int outputs, int inputs, int[] bias, int shift, Interval acc,
        Interval u) {
    /// Layout of one weight.
    public static final ValueLayout.OfShort WEIGHT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// The largest magnitude of a weight.
    public static final int MAX_WEIGHT = 32767;

    public IntegerLinear {
        if (weights.byteSize() != 2L * outputs * inputs) {
            throw new IllegalArgumentException(
                    "weights have " + weights.byteSize() + " bytes, not 2 * " + outputs + " * " + inputs);
        }
        if (bias.length != outputs) {
            throw new IllegalArgumentException(bias.length + " biases for " + outputs + " outputs");
        }
        if (shift < 0 || shift > 16) {
            throw new IllegalArgumentException("shift " + shift + " is not in 0..16");
        }
    }

    /// A matrix whose u interval follows from its accumulator interval.
    public IntegerLinear(MemorySegment weights, int outputs, int inputs, int[] bias, int shift, Interval acc) {
        this(weights, outputs, inputs, bias, shift, acc, acc.shifted(shift));
    }

    public short weight(int output, int input) {
        return weights.get(WEIGHT, 2 * ((long) output * inputs + input));
    }
}
