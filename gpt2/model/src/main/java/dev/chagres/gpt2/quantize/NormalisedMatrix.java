package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.RowBounds;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;

/// A folded real matrix whose input is a normalised row, on its way to integers. It is never held as a whole:
/// blocks of rows are folded on demand, once to choose the scale and once to round.
final class NormalisedMatrix {
    /// Computes folded rows.
    @FunctionalInterface
    interface Rows {
        /// Fills rows `block * blockRows ..` of the matrix, `[blockRows][inputs]`, and their biases, both divided
        /// by the unit of their output.
        void read(int block, double[] rows, double[] bias);
    }

    private final int outputs;
    private final int inputs;
    private final int blockRows;
    private final Rows source;
    private final double inputUnit;

    /// @param blockRows rows of one block, a divisor of `outputs` or any number if the source fills short blocks
    /// @param inputUnit the unit of n, 2^-a
    NormalisedMatrix(int outputs, int inputs, int blockRows, double inputUnit, Rows source) {
        this.outputs = outputs;
        this.inputs = inputs;
        this.blockRows = blockRows;
        this.inputUnit = inputUnit;
        this.source = source;
    }

    private int blocks() {
        return (outputs + blockRows - 1) / blockRows;
    }

    private int rowsOf(int block) {
        return Math.min(blockRows, outputs - block * blockRows);
    }

    /// The largest scale at which every accumulator, rounding of weights and bias included, stays within `limit`
    /// and every weight within 15 bits and a sign; at most `most`.
    double maxScale(NormBounds norm, double limit, double most) {
        double scale = most;
        for (double s : scales(norm, limit)) {
            scale = Math.min(scale, s);
        }
        return scale * (1 - 1e-6);
    }

    /// The same of every output alone, `[outputs]`; infinite for one that is zero.
    double[] scales(NormBounds norm, double limit) {
        double first = norm.bound();
        double second = norm.euclidean() * (1 + 1e-9);
        double firstRounding = first * inputs / 2 + 2;
        double secondRounding = second * Math.sqrt(inputs) / 2 + 2;
        double[] scales = new double[outputs];
        IntStream.range(0, blocks()).parallel().forEach(block -> {
            double[] rows = new double[blockRows * inputs];
            double[] bias = new double[blockRows];
            source.read(block, rows, bias);
            for (int j = 0; j < rowsOf(block); j++) {
                double sum = 0;
                double squares = 0;
                double max = 0;
                for (int k = j * inputs; k < (j + 1) * inputs; k++) {
                    double w = Math.abs(rows[k]) * inputUnit;
                    sum += w;
                    squares += w * w;
                    max = Math.max(max, w);
                }
                double byBox = (limit - firstRounding) / (first * sum + Math.abs(bias[j]));
                double byNorm = (limit - secondRounding) / (second * Math.sqrt(squares) + Math.abs(bias[j]));
                double best = Math.max(byBox, byNorm);
                double scale = Double.isNaN(best) ? Double.POSITIVE_INFINITY : best;
                scales[block * blockRows + j] =
                        max > 0 ? Math.min(scale, (IntegerLinear.MAX_WEIGHT - 0.5) / max) : scale;
            }
        });
        return scales;
    }

    /// A bound of the magnitude of every output over all inputs, in its unit, `[outputs]`.
    double[] reach(NormBounds norm) {
        double first = norm.bound() * inputUnit;
        double second = norm.euclidean() * (1 + 1e-9) * inputUnit;
        double[] reach = new double[outputs];
        IntStream.range(0, blocks()).parallel().forEach(block -> {
            double[] rows = new double[blockRows * inputs];
            double[] bias = new double[blockRows];
            source.read(block, rows, bias);
            for (int j = 0; j < rowsOf(block); j++) {
                double sum = 0;
                double squares = 0;
                for (int k = j * inputs; k < (j + 1) * inputs; k++) {
                    sum += Math.abs(rows[k]);
                    squares += rows[k] * rows[k];
                }
                reach[block * blockRows + j] =
                        Math.min(first * sum, second * Math.sqrt(squares)) + Math.abs(bias[j]);
            }
        });
        return reach;
    }

    /// Rounds to integers: `w = round(W inputUnit scale)`, `b = round(bias scale)`, with the exact accumulator
    /// interval, 0 included.
    ///
    /// @param limit    of accumulators: a row that handed-on errors drive beyond it is rounded plainly
    /// @param feedback hands rounding errors on, if there is one
    IntegerLinear quantise(Arena arena, NormBounds norm, double scale, int shift, double limit,
            Optional<ErrorFeedback> feedback) {
        MemorySegment weights = arena.allocate(2L * outputs * inputs, 64);
        int[] biases = new int[outputs];
        RowBounds bounds = RowBounds.normalised(norm);
        Interval acc = IntStream.range(0, blocks()).parallel().mapToObj(block -> {
            int count = rowsOf(block);
            double[] rows = new double[blockRows * inputs];
            double[] bias = new double[blockRows];
            source.read(block, rows, bias);
            for (int i = 0; i < count * inputs; i++) {
                rows[i] *= inputUnit * scale;
            }
            double[] rounded = rows.clone();
            feedback.ifPresent(f -> f.round(rounded, count));
            // Padded outputs are 0, whatever the others are.
            Interval interval = Interval.symmetric(0);
            for (int j = 0; j < count; j++) {
                int output = block * blockRows + j;
                biases[output] = (int) Math.rint(bias[j] * scale);
                Interval row = store(weights, output, rounded, j, bounds, biases[output]);
                if (feedback.isPresent() && row.magnitude() > limit) {
                    row = store(weights, output, rows, j, bounds, biases[output]);
                }
                interval = interval.union(row);
            }
            return interval;
        }).reduce(Interval::union).orElseThrow();
        return new IntegerLinear(weights, outputs, inputs, biases, shift, acc);
    }

    private Interval store(MemorySegment weights, int output, double[] rows, int row, RowBounds bounds, int bias) {
        long at = 2L * output * inputs;
        for (int k = 0; k < inputs; k++) {
            weights.set(IntegerLinear.WEIGHT, at + 2L * k, Narrow.round(rows[row * inputs + k]));
        }
        return bounds.of(weights, output, inputs, bias);
    }
}
