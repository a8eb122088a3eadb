package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.RotationTables;
import dev.chagres.gpt2.weights.PositionKind;
import dev.chagres.model.decoder.Positions;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.TableDefinitions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The two steps in which queries and keys are rotated: projections of r bits with x bits beyond q and k, then cosines
/// and sines of kappa bits.
///
/// @param bits         r: signed bits that hold every projection
/// @param fractionBits x
/// @param scaleBits    kappa
record RotationPlan(int bits, int fractionBits, int scaleBits) {
    /// Bits of an accumulator and its shift, at most: r + s.
    private static final int ACCUMULATOR_BITS = 30;

    /// Coarser cosines cost more than the fraction bits are worth.
    private static final int LEAST_SCALE_BITS = 6;

    /// Handed-on rounding errors may widen a row a little.
    private static final double SLACK = 1.01;

    private static final int MAX_ENTRIES = 1 << 20;

    /// The finest cosines for the wanted x, or a smaller x if projections are too wide for it.
    ///
    /// @param reach bound of all queries and keys before the rotation, in their units
    /// @throws QuantizationException if there is none
    static RotationPlan of(double reach, int wanted) {
        for (int x = wanted; x >= 0; x--) {
            double bound = Math.scalb(reach, x) * SLACK + 2;
            int bits = 4;
            while (bits <= IntervalCheck.MAX_ROTATED_BITS && bound > (1L << bits - 1) - 1) {
                bits++;
            }
            int kappa = Math.min(RotationTables.MAX_SCALE_BITS, RotationTables.MAX_SHIFT - x);
            while (bits <= IntervalCheck.MAX_ROTATED_BITS && kappa >= LEAST_SCALE_BITS) {
                if (fits(new Positions.Rotary(kappa, x), bits)) {
                    return new RotationPlan(bits, x, kappa);
                }
                kappa--;
            }
        }
        throw new QuantizationException("queries or keys over all inputs are " + (float) reach
                + " times their calibrated step, too far for a rotation");
    }

    private static boolean fits(Positions.Rotary rotary, int bits) {
        Interval u = Interval.symmetric(rotary.quotientBound(bits));
        return rotary.bound(bits) <= Quantizer.accumulatorLimit(rotary.shift()) && u.count() <= MAX_ENTRIES
                && IntervalCheck.isTabulated(u, rotary.shift());
    }

    /// The largest shift of a projection.
    int maxShift() {
        return ACCUMULATOR_BITS - bits;
    }

    /// The largest accumulator of a projection with a shift.
    double limit(int shift) {
        return (double) ((1L << bits - 1) - 1) * (1L << shift);
    }

    /// The tables for every position of a context.
    RotationTables tables(Arena arena, PositionKind.Rotary rotary, int headWidth, int context) {
        double[] frequencies = rotary.frequencies(headWidth);
        MemorySegment cos = arena.allocate(2L * context * frequencies.length, 64);
        MemorySegment sin = arena.allocate(2L * context * frequencies.length, 64);
        for (int t = 0; t < context; t++) {
            for (int j = 0; j < frequencies.length; j++) {
                double angle = t * frequencies[j];
                long at = 2 * ((long) t * frequencies.length + j);
                cos.set(RotationTables.ENTRY, at, entry(StrictMath.cos(angle)));
                sin.set(RotationTables.ENTRY, at, entry(StrictMath.sin(angle)));
            }
        }
        return new RotationTables(scaleBits, fractionBits, cos, sin);
    }

    private short entry(double value) {
        return Narrow.round(TableDefinitions.round(Math.scalb(value, scaleBits)));
    }
}
