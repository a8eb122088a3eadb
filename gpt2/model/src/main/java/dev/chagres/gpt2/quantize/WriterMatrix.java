package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.RowBounds;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.semantics.Interval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;

/// A matrix that writes to the residual stream, folded into the basis of the stream, on its way to integers.
/// Its grid is given: the accumulator's unit is `2^-t` with t = residual fraction bits + shift.
final class WriterMatrix {
    private final DenseMatrix matrix;
    private final int inputs;
    private final int width;
    private final double[] inputUnits;
    private final Interval inputRange;
    private final StreamBasis stream;

    /// The finest grid of a writer.
    ///
    /// @param fractionBits t: the largest for which every accumulator stays within its limit and every weight within
    ///                     15 bits and a sign; at most 40
    /// @param weight       root mean square of the folded weights, in units of the stream per integer input
    /// @param reach        the most that it adds to a channel of a calibrated row
    record Grid(int fractionBits, double weight, double reach) {}

    /// @param inputUnits per input
    /// @param inputRange of every integer input
    WriterMatrix(DenseMatrix matrix, double[] inputUnits, Interval inputRange, StreamBasis stream) {
        this.matrix = matrix;
        this.inputs = matrix.inputs();
        this.width = matrix.outputs();
        this.inputUnits = inputUnits;
        this.inputRange = inputRange;
        this.stream = stream;
    }

    double[] inputUnits() {
        return inputUnits;
    }

    /// @param limit of accumulators
    /// @param reach the most that it adds to a channel of a calibrated row
    Grid finestGrid(double limit, double reach) {
        double[] high = foldedBias();
        double[] low = foldedBias();
        double max = 0;
        double squares = 0;
        double[] row = new double[width];
        for (int i = 0; i < inputs; i++) {
            fold(i, row);
            for (int c = 0; c < width; c++) {
                double w = row[c];
                high[c] += Math.max(w * inputRange.hi(), w * inputRange.lo());
                low[c] += Math.min(w * inputRange.hi(), w * inputRange.lo());
                max = Math.max(max, Math.abs(w));
                squares += w * w;
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
        return new Grid(t, Math.sqrt(squares / ((double) inputs * width)), reach);
    }

    /// Rounds to integers on the grid `2^-(fractionBits + shift)`.
    ///
    /// @param quotients what a wide write may add to the stream; null for a narrow one
    /// @param limit    of accumulators: a row that handed-on errors drive beyond it is rounded plainly
    /// @param feedback hands rounding errors on, if there is one
    IntegerLinear quantise(Arena arena, int fractionBits, int shift, Interval quotients, double limit,
            Optional<ErrorFeedback> feedback) {
        double scale = Math.scalb(1.0, fractionBits + shift);
        double[] rows = rows(scale);
        double[] rounded = feedback.isPresent() ? rows.clone() : rows;
        feedback.ifPresent(f -> f.round(rounded, width));
        MemorySegment segment = arena.allocate(2L * width * inputs, 64);
        int[] biases = new int[width];
        double[] folded = foldedBias();
        RowBounds bounds = RowBounds.boxed(inputRange);
        Interval acc = IntStream.range(0, width).parallel().mapToObj(c -> {
            biases[c] = (int) Math.rint(folded[c] * scale);
            Interval row = store(segment, c, rounded, bounds, biases[c]);
            return row.magnitude() > limit && rounded != rows ? store(segment, c, rows, bounds, biases[c]) : row;
        }).reduce(Interval::union).orElseThrow();
        Interval all = acc.shifted(shift);
        return new IntegerLinear(segment, width, inputs, biases, shift, acc, quotients == null ? all
                : new Interval(Math.clamp(all.lo(), quotients.lo(), 0L), Math.clamp(all.hi(), 0L, quotients.hi())));
    }

    private Interval store(MemorySegment segment, int output, double[] rows, RowBounds bounds, int bias) {
        long at = 2L * output * inputs;
        for (int i = 0; i < inputs; i++) {
            segment.set(IntegerLinear.WEIGHT, at + 2L * i, Narrow.round(rows[output * inputs + i]));
        }
        return bounds.of(segment, output, inputs, bias);
    }

    /// The folded matrix times `scale`, `[width][inputs]`.
    private double[] rows(double scale) {
        double[] rows = new double[Math.multiplyExact(width, inputs)];
        IntStream.range(0, inputs).parallel().forEach(i -> {
            double[] column = new double[width];
            fold(i, column);
            for (int c = 0; c < width; c++) {
                rows[c * inputs + i] = column[c] * scale;
            }
        });
        return rows;
    }

    /// What input i adds to the stream per integer unit.
    private void fold(int i, double[] row) {
        for (int c = 0; c < width; c++) {
            row[c] = matrix.weights()[c * inputs + i] * inputUnits[i];
        }
        stream.apply(row, 0, width);
    }

    private double[] foldedBias() {
        double[] folded = new double[width];
        for (int c = 0; c < width; c++) {
            folded[c] = matrix.bias()[c];
        }
        stream.apply(folded, 0, width);
        return folded;
    }
}
