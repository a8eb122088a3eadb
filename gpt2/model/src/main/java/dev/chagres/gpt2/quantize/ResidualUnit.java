package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerEmbedding;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.semantics.IntegerSemantics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Chooses the unit 2^-f of the residual stream and rounds the tables that start it.
final class ResidualUnit {
    private static final int CHUNK = 1024;

    /// The finest unit of the stream is 2^-22.
    private static final int FINEST = 22;

    /// How many bits a stream is made coarser, at most, for the sake of the matrices that write to it.
    private static final int COARSENING = 4;

    /// Half of the rows of every stage keep entries of this many bits and a sign, where mantissas have 11 with it.
    private static final int ROW_BITS = 8;

    /// The floor of epsilon changes the sum of squares of half of the rows of every stage by no more than this. The
    /// readers of a stage are scaled by what it changes the median row's by ([#floorFactor]), so that what is left is how
    /// much rows of a stage differ.
    static final double FLOOR_PART = 0.06;

    /// A scale of a row that the floor of epsilon changes by more than this is reported.
    private static final double MOVED = 1e-3;

    private final WeightSource weights;
    private final Architecture config;
    private final Calibration calibration;
    private final StreamBasis stream;
    private final QuantizerOptions options;
    private final double embeddingPeak;
    /// By stage.
    private final RowSizes[] sizes;

    ResidualUnit(WeightSource weights, Calibration calibration, QuantizerOptions options) {
        this.weights = weights;
        this.config = weights.architecture();
        this.calibration = calibration;
        this.stream = calibration.stream();
        this.options = options;
        this.embeddingPeak = embeddingPeak();
        this.sizes = Arrays.stream(calibration.stages()).parallel().map(this::sizes).toArray(RowSizes[]::new);
    }

    /// The rows of a stage in the basis of the stream.
    ///
    /// @param peaks largest magnitude of each
    /// @param squares sum of squares of each
    private record RowSizes(double[] peaks, double[] squares) {
        int rows() {
            return peaks.length;
        }
    }

    private RowSizes sizes(float[] stage) {
        int d = config.width();
        double[] peaks = new double[stage.length / d];
        double[] squares = new double[peaks.length];
        double[] row = new double[d];
        for (int r = 0; r < peaks.length; r++) {
            load(stage, r * d, row);
            for (double v : row) {
                peaks[r] = Math.max(peaks[r], Math.abs(v));
                squares[r] += v * v;
            }
        }
        return new RowSizes(peaks, squares);
    }

    /// The finest unit 2^-f whose range holds a value, negative beyond 2^26.
    static int byRange(double peak) {
        return Math.min(FINEST, Math.getExponent((IntegerModel.RESIDUAL_BOUND - 2) / peak));
    }

    /// A unit with headroom over calibration, room for every embedding, a square sum below 2^29, and a shift of at
    /// least 0 for every matrix that writes to the stream: the finest, or a coarser one that still resolves rows if the
    /// writes then round better.
    ///
    /// @param grids per layer the finest accumulator grids of the two writers
    WriteShifts writes(WriterMatrix.Grid[][] grids) {
        double peak = Math.max(stream.peak() * options.streamHeadroom(), embeddingPeak);
        int byRange = byRange(peak);
        if (byRange < 0) {
            throw new QuantizationException(String.format(Locale.ROOT,
                    "residual stream: peak %.3g (%s) is above 2^26", peak, place()));
        }
        int finest = finest(byRange);
        for (int l = 0; l < grids.length; l++) {
            for (int m = 0; m < grids[l].length; m++) {
                if (grids[l][m].fractionBits() < 0) {
                    int stage = 2 * l + 1 + m;
                    throw new QuantizationException(writer(stage) + ": its accumulator holds only the unit "
                            + power(grids[l][m].fractionBits()) + ", the residual stream needs 1 or finer; "
                            + suspects(stage));
                }
                finest = Math.min(finest, grids[l][m].fractionBits());
            }
        }
        int coarsest = Math.clamp(resolving(), Math.max(0, finest - COARSENING), finest);
        while (coarsest < finest && unresolved(coarsest)) {
            coarsest++;
        }
        WriteShifts writes = WriteShifts.of(grids, coarsest, finest);
        refuseUnresolved(writes.fractionBits());
        return writes;
    }

    /// The most that a matrix adds to a channel of a calibrated row.
    ///
    /// @param stage that it writes, from 1
    double reach(int stage) {
        int d = config.width();
        float[] before = calibration.stages()[stage - 1];
        float[] after = calibration.stages()[stage];
        return IntStream.range(0, after.length / d).parallel().mapToDouble(r -> {
            double[] row = new double[d];
            for (int c = 0; c < d; c++) {
                row[c] = (double) after[r * d + c] - before[r * d + c];
            }
            stream.apply(row, 0, d);
            double most = 0;
            for (double v : row) {
                most = Math.max(most, Math.abs(v));
            }
            return most;
        }).max().orElse(0);
    }

    /// About the unit of the stream, before any matrix that writes to it is known: finer or coarser by few bits.
    int guess() {
        double peak = Math.max(stream.peak() * options.streamHeadroom(), embeddingPeak);
        int byRange = byRange(peak);
        return finest(Math.max(0, byRange));
    }

    /// Calibrated rows of the stream.
    long rows() {
        return Arrays.stream(sizes).mapToLong(RowSizes::rows).sum();
    }

    /// Where the largest value of the stream comes from.
    private String place() {
        if (embeddingPeak >= stream.peak() * options.streamHeadroom() || stream.peakStage() == 0) {
            return "the embedding";
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

    /// The coarsest unit that resolves half of the rows of every stage: their entries, and their sum of squares beside
    /// the floor of epsilon.
    private int resolving() {
        return Arrays.stream(sizes).mapToInt(this::resolving).max().orElse(0);
    }

    private int resolving(RowSizes stage) {
        double peak = median(stage.peaks);
        double sum = median(stage.squares) / (1 << IntegerSemantics.groupShift(config.width()));
        if (peak == 0) {
            return 0;
        }
        int f = Math.max(0, ROW_BITS - Math.getExponent(peak));
        while (f < FINEST && IntegerSemantics.MANT_MIN - epsilon(f) > FLOOR_PART * Math.scalb(sum, 2 * f)) {
            f++;
        }
        return f;
    }

    /// The finest unit, at most 2^-from, whose square sum stays below 2^29.
    private int finest(int from) {
        long term = 1L << IntegerSemantics.MANTISSA_BITS;
        long squares = config.width() * (term * (term - 1) >> IntegerSemantics.groupShift(config.width()));
        for (int f = from; f >= 0; f--) {
            if (epsilon(f) <= IntegerSemantics.SQUARE_SUM_LIMIT - 1 - squares) {
                return f;
            }
        }
        throw new QuantizationException("width " + config.width() + ": the sum of squares of a row exceeds 2^29");
    }

    /// eps_0 without its floor.
    private double epsilon(int f) {
        return (config.width() / 4.0 + config.normEpsilon() * config.width() * Math.scalb(1.0, 2 * f))
                / (1 << IntegerSemantics.groupShift(config.width()));
    }

    /// Calibrated rows whose scale the floor of epsilon changes by more than a thousandth: rows that are small in the
    /// unit of the stream.
    long moved(int f) {
        return Arrays.stream(sizes).mapToLong(stage -> moved(stage, f)).sum();
    }

    private long moved(RowSizes stage, int f) {
        return IntStream.range(0, stage.rows()).filter(r -> floorScale(stage, r, f) > 1 + MOVED).count();
    }

    /// What the floor of epsilon divides the scale of a row by.
    private double floorScale(RowSizes stage, int row, int f) {
        double added = IntegerSemantics.MANT_MIN - epsilon(f);
        // Larger rows have an exponent, hence another epsilon.
        if (added <= 0 || Math.scalb(stage.peaks[row], f) >= 1 << IntegerSemantics.MANTISSA_BITS) {
            return 1;
        }
        double sum = Math.scalb(stage.squares[row], 2 * f) / (1 << IntegerSemantics.groupShift(config.width()))
                + epsilon(f);
        return Math.sqrt(1 + added / sum);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// What a normalised row of a stage must be multiplied with to make up for the floor of epsilon: the median of its
    /// calibrated rows.
    double floorFactor(int stage, int f) {
        double[] factors = IntStream.range(0, sizes[stage].rows()).mapToDouble(r -> floorScale(sizes[stage], r, f))
                .toArray();
        // A row of next to nothing is no measure of a stage.
        return Math.min(median(factors), 1 + FLOOR_PART);
    }

    /// A stream that is so coarse, because of one large value, that the floor of epsilon acts on most rows of a stage
    /// is no stream of this model any more.
    private void refuseUnresolved(int f) {
        if (unresolved(f)) {
            double peak = Math.max(stream.peak() * options.streamHeadroom(), embeddingPeak);
            throw new QuantizationException(String.format(Locale.ROOT,
                    "residual stream: peak %.3g (%s) allows the unit %s, too coarse for most rows beside epsilon"
                            + " %s", peak, place(), power(f), config.normEpsilon()));
        }
    }

    private boolean unresolved(int f) {
        int byEpsilon = finest(FINEST);
        return f < byEpsilon && Arrays.stream(sizes).anyMatch(stage ->
                2 * moved(stage, f) > stage.rows() && 2 * moved(stage, byEpsilon) <= stage.rows());
    }

    /// Bound of the embedding, positions added where they are learned.
    private double embeddingPeak() {
        int d = config.width();
        double[] token = new double[d];
        double[] position = new double[d];
        forRows(config.vocabulary(), from -> weights.tokenRows(from, chunkEnd(from, config.vocabulary())), token);
        if (config.learnedPositions()) {
            forRows(options.context(),
                    from -> weights.positionRows(from, chunkEnd(from, options.context())), position);
        }
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

    /// The integer token embedding, `[V][d]`: of 32 bits beside learned positions, else of 16 bits and the least shift
    /// that holds them.
    IntegerEmbedding embedding(Arena arena, int f) {
        int bits = config.learnedPositions() ? 32 : 16;
        int shift = 0;
        while (bits == 16 && Math.rint(Math.scalb(embeddingPeak, f - shift)) > Short.MAX_VALUE) {
            shift++;
        }
        MemorySegment segment = arena.allocate((long) bits / 8 * config.vocabulary() * config.width(), 64);
        for (int from = 0; from < config.vocabulary(); from += CHUNK) {
            float[] rows = weights.tokenRows(from, chunkEnd(from, config.vocabulary()));
            store(segment, bits, (long) from * config.width(), rows, f - shift);
        }
        return new IntegerEmbedding(segment, bits, shift);
    }

    /// The integer position embedding, `[context][d]`.
    MemorySegment positions(Arena arena, int f) {
        MemorySegment segment = arena.allocate(4L * options.context() * config.width(), 64);
        store(segment, 32, 0, weights.positionRows(0, options.context()), f);
        return segment;
    }

    private void store(MemorySegment segment, int bits, long first, float[] values, int f) {
        int d = config.width();
        double[] row = new double[d];
        for (int at = 0; at < values.length; at += d) {
            load(values, at, row);
            for (int c = 0; c < d; c++) {
                long index = first + at + c;
                double entry = Math.scalb(row[c], f);
                if (bits == 16) {
                    segment.set(IntegerEmbedding.NARROW, 2 * index, Narrow.round(entry));
                } else {
                    segment.set(IntegerEmbedding.WIDE, 4 * index, (int) Math.rint(entry));
                }
            }
        }
    }
}
