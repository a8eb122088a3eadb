package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import dev.chagres.semantics.TableDefinitions;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/// Rounds one block of a model, whose units, stream and tables are chosen.
final class LayerQuantizer {
    /// Entries of an activation table before which there is no gate, at most.
    private static final int PLAIN_TABLE = 1 << 16;

    /// The shift at which a table of that many entries holds what an accumulator can reach.
    private static final int PLAIN_SHIFT = 15;

    /// The largest shift of an accumulator.
    private static final int MAX_SHIFT = 16;

    /// The largest index of an activation table after a gate.
    private static final int GATE_INDEX = (1 << 16) - 1;

    /// Rows of a matrix that are folded together.
    private static final int BLOCK = 64;

    private final WeightSource weights;
    private final Architecture config;
    private final QuantizerOptions options;
    private final Calibration calibration;
    private final AttentionUnits units;
    private final NormBounds bounds;
    private final int layer;
    private final LayerWeights w;
    private final double[] factors;

    /// @param factors of the normalised rows that attention and the MLP read ([ResidualUnit#floorFactor])
    LayerQuantizer(WeightSource weights, QuantizerOptions options, Calibration calibration, AttentionUnits units,
            NormBounds bounds, int layer, double[] factors) {
        this.weights = weights;
        this.config = weights.architecture();
        this.options = options;
        this.calibration = calibration;
        this.units = units;
        this.bounds = bounds;
        this.layer = layer;
        this.factors = factors;
        w = weights.layer(layer);
    }

    /// The units of g that the MLP's write sees.
    static double[] hiddenUnits(Architecture config, Calibration.Layer ranges, QuantizerOptions options) {
        double[] hidden = new double[config.mlpWidth()];
        double largest = Arrays.stream(ranges.hiddenRange()).max().orElse(0);
        Arrays.fill(hidden, Math.max(largest, 0.5) * options.hiddenMargin() / options.hiddenBound());
        return hidden;
    }

    /// The units of a gated MLP.
    ///
    /// @param coarser bits by which the units of g are coarser than its range asks for
    GatedUnits gatedUnits(int coarser) {
        // Room is left for the bounds of the final unit of the stream, and for the factors of its rows.
        long accumulator = (1L << 15 + options.gateShift()) - (1L << options.gateShift());
        double limit = (1 - 1e-3 - ResidualUnit.FLOOR_PART) * accumulator;
        return GatedUnits.of(calibration.layers()[layer], upReader(w.up(), null).scales(bounds, limit), coarser,
                options);
    }

    /// The bound of queries and keys before their rotation over all inputs, in their units.
    double rotatedReach() {
        double reach = 0;
        for (NormalisedMatrix matrix : new NormalisedMatrix[] {queryReader(0), keyReader(0)}) {
            for (double r : matrix.reach(bounds)) {
                reach = Math.max(reach, r);
            }
        }
        return reach;
    }

    WriterMatrix outputWriter(int oBound) {
        double[] inputs = new double[config.queryWidth()];
        int dh = config.headWidth();
        for (int c = 0; c < inputs.length; c++) {
            inputs[c] = units.value()[layer][keyChannel(c, dh)] / 8;
        }
        return new WriterMatrix(w.output(), inputs, Interval.symmetric(oBound), calibration.stream());
    }

    WriterMatrix downWriter(double[] hidden, Interval range) {
        return new WriterMatrix(w.down(), hidden, range, calibration.stream());
    }

    /// All values of g: the minimum of a plain activation is a constant of the function.
    Interval hiddenRange(double[] hidden) {
        return w.gate().isPresent() ? Interval.symmetric(options.hiddenBound())
                : new Interval((long) Math.floor(config.activation().minimum() / hidden[0]) - 1,
                        options.hiddenBound());
    }

    /// The channel of keys and values that a channel of queries and outputs belongs to.
    private int keyChannel(int channel, int dh) {
        return (int) ((long) (channel / dh) * config.keyHeads() / config.heads()) * dh + channel % dh;
    }

    /// @param rotation how queries and keys are rotated, if they are
    /// @param writes   unit of the stream, and how all layers write to it
    /// @param gated    units of a gated MLP
    IntegerLayer quantise(Arena arena, Optional<RotationPlan> rotation, int oBound, WriteShifts writes,
            Optional<GatedUnits> gated) {
        int f = writes.fractionBits();
        int[] shifts = writes.shifts()[layer];
        FloatBlock block = new FloatBlock(config, w, calibration.sequences());
        float[] before = calibration.stages()[2 * layer];
        float[] between = calibration.stages()[2 * layer + 1];
        Optional<ErrorFeedback> readers = normalised(before);
        int dh = config.headWidth();
        IntegerLinear query;
        IntegerLinear key;
        if (rotation.isPresent()) {
            query = rotated(arena, queryReader(rotation.get().fractionBits()), rotation.get(), readers);
            key = rotated(arena, keyReader(rotation.get().fractionBits()), rotation.get(), readers);
        } else {
            query = clamped(arena, "query", queryReader(0), units.query()[layer], readers);
            key = clamped(arena, "key", keyReader(0), units.key()[layer], readers);
        }
        FoldedReader values = reader(w.value());
        double[] valueUnits = units.value()[layer];
        IntegerLinear value = clamped(arena, "value",
                new NormalisedMatrix(config.keyWidth(), config.width(), dh, options.normUnit(),
                        (h, rows, bias) -> {
                            values.outputs(h * dh, dh, rows, bias);
                            divide(rows, bias, valueUnits, h * dh, dh);
                        }),
                valueUnits, readers);
        WriterMatrix outputWriter = outputWriter(oBound);
        Optional<ErrorFeedback> mixes = feedback(() -> block.attention(before).mix(), outputWriter.inputUnits());
        IntegerLinear output = outputWriter.quantise(arena, f, shifts[0], writes.quotients()[shifts[0]],
                Quantizer.WRITER_LIMIT, mixes);

        Optional<ErrorFeedback> mlpReaders = normalised(between);
        double[] hidden = gated.map(GatedUnits::hidden)
                .orElseGet(() -> hiddenUnits(config, calibration.layers()[layer], options));
        IntegerMlp mlp = gated.<IntegerMlp>map(g -> gated(arena, g, mlpReaders))
                .orElseGet(() -> plain(arena, hidden[0], mlpReaders));
        Optional<ErrorFeedback> products = feedback(() -> block.hidden(between).hidden(), hidden);
        IntegerLinear down = downWriter(hidden, hiddenRange(hidden))
                .quantise(arena, f, shifts[1], writes.quotients()[shifts[1]], Quantizer.WRITER_LIMIT, products);
        return new IntegerLayer(query, key, value, output, mlp, down);
    }

    private FoldedReader reader(DenseMatrix matrix) {
        return new FoldedReader(matrix, scaled(w.norm1Gain(), factors[0]), w.norm1Shift(), calibration.stream());
    }

    private static float[] scaled(float[] gain, double factor) {
        float[] scaled = new float[gain.length];
        for (int c = 0; c < gain.length; c++) {
            scaled[c] = (float) (gain[c] * factor);
        }
        return scaled;
    }

    /// Queries in their units with `bits` more, head by head, scaled so that `q . k` is a score.
    private NormalisedMatrix queryReader(int bits) {
        FoldedReader queries = reader(w.query());
        int dh = config.headWidth();
        HeadBasis[] heads = calibration.layers()[layer].heads();
        return new NormalisedMatrix(config.queryWidth(), config.width(), dh, options.normUnit(), (h, rows, bias) -> {
            queries.outputs(h * dh, dh, rows, bias);
            int at = keyChannel(h * dh, dh);
            if (heads.length > 0) {
                FoldedReader.mix(heads[at / dh].queryMap(), dh, rows, bias);
            }
            divide(rows, bias, units.query()[layer], at, dh);
            scale(rows, bias, Math.scalb(heads.length > 0 ? 1 : 1 / Math.sqrt(dh), bits));
        });
    }

    private NormalisedMatrix keyReader(int bits) {
        FoldedReader keys = reader(w.key());
        int dh = config.headWidth();
        HeadBasis[] heads = calibration.layers()[layer].heads();
        return new NormalisedMatrix(config.keyWidth(), config.width(), dh, options.normUnit(), (h, rows, bias) -> {
            keys.outputs(h * dh, dh, rows, bias);
            if (heads.length > 0) {
                FoldedReader.mix(heads[h].keyMap(), dh, rows, bias);
                for (int c = 0; c < dh; c++) {
                    bias[c] -= heads[h].keyOffset()[c];
                }
            }
            divide(rows, bias, units.key()[layer], h * dh, dh);
            scale(rows, bias, Math.scalb(1.0, bits));
        });
    }

    /// @param unit per output; null if outputs are wanted in units of the model
    private NormalisedMatrix upReader(DenseMatrix matrix, double[] unit) {
        FoldedReader mlp = new FoldedReader(matrix, scaled(w.norm2Gain(), factors[1]), w.norm2Shift(),
                calibration.stream());
        return new NormalisedMatrix(config.mlpWidth(), config.width(), BLOCK, options.normUnit(), (b, rows, bias) -> {
            int count = Math.min(BLOCK, config.mlpWidth() - b * BLOCK);
            mlp.outputs(b * BLOCK, count, rows, bias);
            if (unit != null) {
                divide(rows, bias, unit, b * BLOCK, count);
            }
        });
    }

    private void divide(double[] rows, double[] bias, double[] unit, int from, int count) {
        int inputs = config.width();
        for (int c = 0; c < count; c++) {
            bias[c] /= unit[from + c];
            for (int k = c * inputs; k < (c + 1) * inputs; k++) {
                rows[k] /= unit[from + c];
            }
        }
    }

    private static void scale(double[] rows, double[] bias, double factor) {
        for (int k = 0; factor != 1 && k < rows.length; k++) {
            rows[k] *= factor;
        }
        for (int c = 0; c < bias.length; c++) {
            bias[c] *= factor;
        }
    }

    /// Feedback for matrices that read the normalised rows of a stage.
    private Optional<ErrorFeedback> normalised(float[] stage) {
        if (!options.errorFeedback()) {
            return Optional.empty();
        }
        float[] n = calibration.stream().apply(FloatBlock.normalised(stage, config), config.width());
        SecondMoments moments = new SecondMoments(config.width());
        moments.add(n, n.length / config.width());
        return Optional.of(new ErrorFeedback(moments));
    }

    /// Feedback for matrices that read rows in units of their own.
    private Optional<ErrorFeedback> feedback(Supplier<float[]> rows, double[] inputUnits) {
        if (!options.errorFeedback()) {
            return Optional.empty();
        }
        float[] x = rows.get();
        SecondMoments moments = new SecondMoments(inputUnits.length);
        moments.add(x, x.length / inputUnits.length);
        return Optional.of(new ErrorFeedback(moments.per(inputUnits)));
    }

    /// A projection that is rotated: the largest shift that fits.
    private IntegerLinear rotated(Arena arena, NormalisedMatrix matrix, RotationPlan plan,
            Optional<ErrorFeedback> feedback) {
        int shift = Math.min(largestShift(matrix), plan.maxShift());
        if (shift < 1) {
            throw new QuantizationException("layer " + layer + ": queries or keys over all inputs are too far above the"
                    + " calibrated ones for a rotation; " + Suspects.attention(weights, layer));
        }
        double limit = Math.min(Quantizer.accumulatorLimit(shift), plan.limit(shift));
        return matrix.quantise(arena, bounds, Math.scalb(1.0, shift), shift, limit, feedback);
    }

    /// A projection whose outputs are clamped: the largest shift that fits.
    private IntegerLinear clamped(Arena arena, String name, NormalisedMatrix matrix, double[] unit,
            Optional<ErrorFeedback> feedback) {
        for (int shift = largestShift(matrix); shift >= 1; shift--) {
            IntegerLinear linear = matrix.quantise(arena, bounds, Math.scalb(1.0, shift), shift,
                    Quantizer.accumulatorLimit(shift), feedback);
            if (linear.u().count() > IntervalCheck.MAX_TABLE) {
                break;
            }
            // Tables are shared between layers: the interval between both signs must have one.
            if (IntervalCheck.isTabulated(Interval.symmetric(linear.u().magnitude()), shift)) {
                return linear;
            }
        }
        throw new QuantizationException("layer " + layer + " " + name
                + ": its values over all inputs are too far above the calibrated ones, a table of at most 2^18 steps"
                + " of " + (float) Arrays.stream(unit).min().orElseThrow() + " cannot hold them; "
                + Suspects.attention(weights, layer));
    }

    /// The largest shift s such that accumulators at scale 2^s are within their limit.
    private int largestShift(NormalisedMatrix matrix) {
        int shift = exponent(matrix, 1);
        while (shift >= 1 && shift > exponent(matrix, shift)) {
            shift--;
        }
        return shift;
    }

    /// floor(log2) of the largest scale with accumulators within the limit of a shift, at most 16.
    private int exponent(NormalisedMatrix matrix, int shift) {
        // The factor 1 - 1e-6 inside maxScale must not cost a bit at the cap of 2^16.
        return Math.getExponent(
                matrix.maxScale(bounds, Quantizer.accumulatorLimit(shift), 1 << MAX_SHIFT) * (1 + 2e-6));
    }

    private IntegerMlp plain(Arena arena, double unit, Optional<ErrorFeedback> feedback) {
        NormalisedMatrix up = upReader(w.up(), null);
        double limit = Quantizer.accumulatorLimit(PLAIN_SHIFT);
        double scale = up.maxScale(bounds, limit, 1e12);
        IntegerLinear unshifted = up.quantise(arena, bounds, scale, 0, limit, feedback);
        IntegerLinear linear = shifted(unshifted, tableShift(unshifted.acc()));
        double inputUnit = Math.scalb(1.0, linear.shift()) / scale;
        int[] table = table(linear.u(), inputUnit, unit, -Short.MAX_VALUE, options.hiddenBound());
        return new IntegerMlp.Plain(linear, Math.toIntExact(linear.u().lo()), table, inputUnit, unit);
    }

    private IntegerMlp gated(Arena arena, GatedUnits g, Optional<ErrorFeedback> feedback) {
        int shift = options.gateShift();
        NormalisedMatrix gateReader = upReader(w.gate().orElseThrow(), null);
        double limit = Math.min(Quantizer.accumulatorLimit(shift), (double) GATE_INDEX * (1L << shift));
        double scale = gateReader.maxScale(bounds, limit, 1e12);
        IntegerLinear gate = gateReader.quantise(arena, bounds, scale, shift, limit, feedback);
        double inputUnit = Math.scalb(1.0, shift) / scale;
        int[] table = table(gate.u(), inputUnit, g.activation(), -GatedUnits.MAX_ACTIVATION,
                GatedUnits.MAX_ACTIVATION);
        IntegerLinear up = upReader(w.up(), g.up()).quantise(arena, bounds, Math.scalb(1.0, shift), shift,
                (1L << 15 + shift) - (1L << shift), feedback);
        return new IntegerMlp.Gated(gate, up, Math.toIntExact(gate.u().lo()), table, g.productShift(), inputUnit,
                g.activation());
    }

    private static IntegerLinear shifted(IntegerLinear linear, int shift) {
        return new IntegerLinear(linear.weights(), linear.outputs(), linear.inputs(), linear.bias(), shift,
                linear.acc());
    }

    /// The least shift of an accumulator whose u have a table: at most 15 within the limit of that shift.
    private static int tableShift(Interval acc) {
        int shift = 1;
        while (shift <= MAX_SHIFT && (acc.shifted(shift).count() > PLAIN_TABLE
                || !IntervalCheck.isTabulated(acc.shifted(shift), shift))) {
            shift++;
        }
        return shift;
    }

    /// `round(f(u unit_in) / unit_out)`, cut to what g or a may be.
    private int[] table(Interval u, double inputUnit, double outputUnit, int least, int most) {
        int[] table = new int[Math.toIntExact(u.count())];
        for (int i = 0; i < table.length; i++) {
            double value = config.activation().apply((u.lo() + i) * inputUnit) / outputUnit;
            table[i] = Math.clamp(TableDefinitions.round(value), least, most);
        }
        return table;
    }
}
