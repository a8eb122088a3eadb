package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;

/// Chooses the unit 2^-f of the residual stream and rounds the tables that start it.
final class ResidualUnit {
    private static final int CHUNK = 1024;

    /// The finest unit of the stream is 2^-22.
    private static final int FINEST = 22;

    private final WeightSource weights;
    private final Architecture config;
    private final StreamBasis stream;
    private final double headroom;

    ResidualUnit(WeightSource weights, StreamBasis stream, double headroom) {
        this.weights = weights;
        this.config = weights.architecture();
        this.stream = stream;
        this.headroom = headroom;
    }

    /// The finest unit with headroom over calibration, room for every embedding, a square sum below 2^29, and a
    /// residual shift of at least 0 for every matrix that writes to the stream. Finer is better: the grid of a writer
    /// is at most 3 bits finer than this unit.
    ///
    /// @param grids per layer the finest accumulator grids of the two writers
    int fractionBits(int[][] grids) {
        double embeddings = embeddingPeak();
        double peak = Math.max(stream.peak() * headroom, embeddings);
        int byRange = Math.min(FINEST, Math.getExponent((IntegerModel.RESIDUAL_BOUND - 2) / peak));
        int coarsest = coarsest();
        if (byRange < coarsest) {
            throw new QuantizationException(String.format(Locale.ROOT,
                    "residual stream: peak %.3g (%s) allows the unit %s, the norm's epsilon needs %s or finer",
                    peak, place(embeddings), power(byRange), power(coarsest)));
        }
        int grid = Integer.MAX_VALUE;
        int narrowest = 0;
        for (int l = 0; l < grids.length; l++) {
            for (int m = 0; m < grids[l].length; m++) {
                if (grids[l][m] < grid) {
                    grid = grids[l][m];
                    narrowest = 2 * l + 1 + m;
                }
            }
        }
        int finest = finest(byRange);
        if (finest < coarsest) {
            throw new QuantizationException("residual stream: the sum of squares of a row allows the unit "
                    + power(finest) + ", the norm's epsilon " + config.normEpsilon() + " needs " + power(coarsest)
                    + " or finer");
        }
        if (grid < coarsest) {
            throw new QuantizationException(writer(narrowest) + ": its accumulator holds only the unit " + power(grid)
                    + ", the residual stream needs " + power(coarsest) + " or finer; " + suspects(narrowest));
        }
        return Math.min(finest, grid);
    }

    /// Where the largest value of the stream comes from.
    private String place(double embeddings) {
        if (embeddings >= stream.peak() * headroom || stream.peakStage() == 0) {
            return "the sum of wte.weight and wpe.weight";
        }
        return "after " + writer(stream.peakStage()) + ", with headroom; " + suspects(stream.peakStage());
    }

    /// The matrix that writes stage `2 l + 1` or `2 l + 2` of the stream.
    private static String writer(int stage) {
        return "layer " + (stage - 1) / 2 + (stage % 2 == 1 ? " output" : " down");
    }

    private String suspects(int stage) {
        int layer = (stage - 1) / 2;
        return stage % 2 == 1 ? Suspects.output(weights, layer) : Suspects.down(weights, layer);
    }

    private static String power(int fractionBits) {
        return "2^" + -fractionBits;
    }

    /// The coarsest unit with eps_0 >= 2^14.
    private int coarsest() {
        for (int f = 0; f <= FINEST; f++) {
            if (TableDefinitions.eps(config.width(), f, config.normEpsilon())[0] >= IntegerSemantics.MANT_MIN) {
                return f;
            }
        }
        throw new QuantizationException("layer_norm_epsilon " + config.normEpsilon()
                + " is too small: no unit of the residual stream down to " + power(FINEST) + " resolves it");
    }

    /// The finest unit, at most 2^-from, whose square sum stays below 2^29.
    private int finest(int from) {
        int f = from;
        long squares = (long) config.width() * (((1L << 22) - (1L << 11)) >> 4);
        while (f >= 0) {
            double eps = config.normEpsilon() * config.width() * Math.scalb(1.0, 2 * f) / 16;
            if (eps + config.width() + squares < IntegerSemantics.SQUARE_SUM_LIMIT) {
                return f;
            }
            f--;
        }
        throw new QuantizationException("width " + config.width() + ": the sum of squares of a row exceeds 2^29");
    }

    /// Bound of |E + P| over all tokens and positions.
    private double embeddingPeak() {
        int d = config.width();
        double[] token = new double[d];
        double[] position = new double[d];
        forRows(config.vocabulary(), from -> weights.tokenRows(from, chunkEnd(from, config.vocabulary())), token);
        float[] positions = weights.positions();
        forRows(config.context(), from -> Arrays.copyOfRange(
                positions, from * d, chunkEnd(from, config.context()) * d), position);
        double peak = 0;
        for (int c = 0; c < d; c++) {
            peak = Math.max(peak, token[c] + position[c]);
        }
        return peak;
    }

    private static int chunkEnd(int from, int rows) {
        return Math.min(rows, from + CHUNK);
    }

    /// Largest magnitude per channel over all rows.
    private void forRows(int rows, IntFunction<float[]> chunk, double[] max) {
        int d = config.width();
        double[] row = new double[d];
        for (int from = 0; from < rows; from += CHUNK) {
            float[] values = chunk.apply(from);
            for (int at = 0; at < values.length; at += d) {
                load(values, at, row);
                for (int c = 0; c < d; c++) {
                    max[c] = Math.max(max[c], Math.abs(row[c]));
                }
            }
        }
    }

    private void load(float[] values, int at, double[] row) {
        for (int c = 0; c < row.length; c++) {
            row[c] = values[at + c];
        }
        stream.apply(row, 0, row.length);
    }

    /// The integer token embedding, `[V][d]`.
    MemorySegment embedding(Arena arena, int f) {
        MemorySegment segment = arena.allocate(4L * config.vocabulary() * config.width(), 64);
        for (int from = 0; from < config.vocabulary(); from += CHUNK) {
            store(segment, from, weights.tokenRows(from, chunkEnd(from, config.vocabulary())), f);
        }
        return segment;
    }

    /// The integer position embedding, `[context][d]`.
    MemorySegment positions(Arena arena, int f) {
        MemorySegment segment = arena.allocate(4L * config.context() * config.width(), 64);
        store(segment, 0, weights.positions(), f);
        return segment;
    }

    private void store(MemorySegment segment, int firstRow, float[] values, int f) {
        int d = config.width();
        double[] row = new double[d];
        for (int at = 0; at < values.length; at += d) {
            load(values, at, row);
            long base = 4 * ((long) firstRow * d + at);
            for (int c = 0; c < d; c++) {
                segment.set(IntegerModel.ENTRY, base + 4L * c, (int) Math.rint(Math.scalb(row[c], f)));
            }
        }
    }
}
