package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.RowBounds;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.semantics.Interval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A matrix that writes to the residual stream, folded into the basis of the stream, on its way to integers.
/// Its grid is given: the accumulator's unit is `2^-t` with t = residual fraction bits + shift.
final class WriterMatrix {
    private static final int BLOCK = 64;

    /// `[inputs][width]`: an input is folded at a time.
    private final float[] weights;
    private final float[] bias;
    private final int inputs;
    private final int width;
    private final double[] inputUnits;
    private final Interval inputRange;
    private final StreamBasis stream;

    /// @param inputUnits per input
    /// @param inputRange of every integer input
    WriterMatrix(
            DenseMatrix matrix,
            double[] inputUnits,
            Interval inputRange,
            StreamBasis stream) {
        this.weights = DenseMatrix.transpose(matrix.weights(), matrix.outputs(), matrix.inputs());
        this.bias = matrix.bias();
        this.inputs = matrix.inputs();
        this.width = matrix.outputs();
        this.inputUnits = inputUnits;
        this.inputRange = inputRange;
        this.stream = stream;
    }

    /// The largest t for which every accumulator stays within `limit` and every weight within 15 bits and a sign;
    /// at most 40.
    int finestGrid(double limit) {
        double[] high = foldedBias();
        double[] low = foldedBias();
        double max = 0;
        double[] row = new double[width];
        for (int i = 0; i < inputs; i++) {
            fold(i, row);
            for (int c = 0; c < width; c++) {
                double w = row[c];
                high[c] += Math.max(w * inputRange.hi(), w * inputRange.lo());
                low[c] += Math.min(w * inputRange.hi(), w * inputRange.lo());
                max = Math.max(max, Math.abs(w));
            }
        }
        double largest = 0;
        for (int c = 0; c < width; c++) {
            largest = Math.max(largest, Math.max(high[c], -low[c]));
        }
        double rounding = inputRange.magnitude() * (double) inputs / 2 + 2;
        int t = 40;
        while (t > -40
                && (largest * Math.scalb(1.0, t) + rounding > limit
                        || max * Math.scalb(1.0, t) > IntegerLinear.MAX_WEIGHT - 0.5)) {
            t--;
        }
        return t;
    }

    /// Rounds to integers on the grid `2^-(fractionBits + shift)`.
    IntegerLinear quantise(Arena arena, int fractionBits, int shift) {
        double scale = Math.scalb(1.0, fractionBits + shift);
        MemorySegment segment = arena.allocate(2L * width * inputs, 64);
        double[] rows = new double[BLOCK * width];
        double[] row = new double[width];
        for (int from = 0; from < inputs; from += BLOCK) {
            int count = Math.min(BLOCK, inputs - from);
            for (int i = 0; i < count; i++) {
                fold(from + i, row);
                System.arraycopy(row, 0, rows, i * width, width);
            }
            for (int c = 0; c < width; c++) {
                long at = 2 * ((long) c * inputs + from);
                for (int i = 0; i < count; i++) {
                    segment.set(IntegerLinear.WEIGHT, at + 2L * i, (short) Math.rint(rows[i * width + c] * scale));
                }
            }
        }
        int[] biases = new int[width];
        double[] folded = foldedBias();
        for (int c = 0; c < width; c++) {
            biases[c] = (int) Math.rint(folded[c] * scale);
        }
        Interval acc = RowBounds.boxed(inputRange).ofMatrix(segment, width, inputs, biases);
        return new IntegerLinear(segment, width, inputs, biases, shift, acc);
    }

    /// What input i adds to the stream per integer unit.
    private void fold(int i, double[] row) {
        for (int c = 0; c < width; c++) {
            row[c] = weights[i * width + c] * inputUnits[i];
        }
        stream.apply(row, 0, width);
    }

    private double[] foldedBias() {
        double[] folded = new double[width];
        for (int c = 0; c < width; c++) {
            folded[c] = bias[c];
        }
        stream.apply(folded, 0, width);
        return folded;
    }
}
