package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerEmbedding;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.NormTables;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.gpt2.model.SoftmaxTables;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.LayerWeights;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.tokenizer.TokenizerInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/// Turns float weights into an [IntegerModel]: exact folding in real arithmetic, then rounding on the finest grid
/// whose accumulator intervals are proved. Peak memory is the result plus a few copies of one block.
public final class Quantizer {
    /// The largest s_n: the remainder of n is looked up in a table of 2^17 entries.
    private static final int MAX_NORM_SHIFT = 17;

    /// Entries of an activation table, at most.
    private static final int GELU_TABLE = 1 << 16;

    /// The shift at which a table of that many entries holds what an accumulator can reach.
    private static final int GELU_SHIFT = 15;

    /// The largest shift of an accumulator.
    private static final int MAX_SHIFT = 16;

    private static final double WRITER_LIMIT = (1 << 30) - (1 << 26) - 1;

    private final WeightSource weights;
    private final Architecture config;
    private final QuantizerOptions options;
    private final Consumer<String> progress;

    /// @param progress receives one line per step
    public Quantizer(WeightSource weights, QuantizerOptions options, Consumer<String> progress) {
        this.weights = weights;
        this.config = weights.config();
        this.options = options;
        this.progress = progress;
    }

    public Quantizer(WeightSource weights) {
        this(weights, QuantizerOptions.STANDARD, _ -> {});
    }

    /// Four sequences of random token ids, for models without a text at hand.
    public static List<int[]> randomCalibration(Architecture config, long seed) {
        Random random = new Random(seed);
        List<int[]> sequences = new ArrayList<>();
        for (int s = 0; s < 4; s++) {
            sequences.add(random.ints(Math.min(config.context(), 128), 0, config.vocabulary())
                    .toArray());
        }
        return sequences;
    }

    /// Quantises; the result has passed [IntervalCheck], and keys can be made of it.
    ///
    /// @param arena       owns the tensors of the result; must allow access from other threads
    /// @param calibration token sequences of at most the context length, four or more are advised; see [SampleText]
    /// @throws QuantizationException with one line: what is wrong with the calibration, or where the model came from
    ///     and which layer or tensor does not fit the integer program
    public IntegerModel quantise(Arena arena, String name, TokenizerInfo tokenizer, List<int[]> calibration) {
        checkCalibration(calibration);
        try {
            IntegerModel model = convert(arena, name, tokenizer, calibration);
            progress.accept("checking intervals");
            SetupCheck.check(model);
            return model;
        } catch (QuantizationException | IllegalArgumentException | ArithmeticException e) {
            throw QuantizationException.at(weights.origin(), e);
        }
    }

    private IntegerModel convert(Arena arena, String name, TokenizerInfo tokenizer, List<int[]> calibration) {
        ModelShape shape = shape();
        progress.accept("calibrating on " + calibration.size() + " sequences");
        Calibration ranges = Calibration.run(weights, calibration);
        int expBits = TableDefinitions.expBits(shape.context());
        if (expBits < 4) {
            throw new QuantizationException("context " + shape.context() + " leaves no exp bits");
        }
        AttentionUnits units = AttentionUnits.of(weights, ranges, options, expBits);
        SoftmaxTables softmax = new SoftmaxTables(
                expBits,
                units.logitUnit(),
                TableDefinitions.exp(expBits, units.logitUnit(), IntervalCheck.MAX_SUPPORT),
                TableDefinitions.rMax(expBits, units.logitUnit()));
        int oBound = Math.toIntExact(IntegerSemantics.rsh(
                (long) options.vBound() * softmax.rMax(), softmax.outputShift()));
        progress.accept("residual stream: peak " + (float) ranges.stream().peak()
                + "; reflections " + ranges.stream().reflections() + "; logit unit " + (float) units.logitUnit());

        int[][] grids = new int[shape.layers()][];
        for (int l = 0; l < shape.layers(); l++) {
            LayerWeights w = weights.layer(l);
            double[] hidden = hiddenUnits(ranges.layers()[l]);
            grids[l] = new int[] {
                output(w, units.value()[l], oBound, ranges.stream()).finestGrid(WRITER_LIMIT),
                down(w, hidden, hiddenRange(hidden[0]), ranges.stream()).finestGrid(WRITER_LIMIT)
            };
        }
        ResidualUnit residual = new ResidualUnit(weights, ranges.stream(), options.streamHeadroom());
        int f = residual.fractionBits(grids);
        NormTables norm = normTables(f);
        NormBounds bounds = NormBounds.of(shape.width(), norm.shift(), norm.rsqrt(), norm.eps());
        progress.accept("residual unit 2^-" + f + ", norm shift " + norm.shift() + ", |n| <= " + norm.bound());

        List<IntegerLayer> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            try {
                layers.add(layer(arena, l, shape, ranges, units, oBound, f, grids[l], bounds));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw QuantizationException.at("layer " + l, e);
            }
            progress.accept("layer " + l + ": " + shifts(layers.getLast()));
        }
        MemorySegment embedding = residual.embedding(arena, f);
        MemorySegment positions = residual.positions(arena, f);
        NormalisedMatrix head = head(ranges.stream());
        double headScale = head.maxScale(bounds, IntervalCheck.LOGIT_LIMIT - 1, 1e12);
        // Every difference of scores that can occur.
        int reach = Math.toIntExact(Math.max(softmax.support(), softmax.maxDifference(
                PublicSpec.scoreBound(shape.headWidth(), options.qkBound()), shape.context())));
        return new IntegerModel(
                name,
                tokenizer,
                shape,
                f,
                norm,
                softmax,
                reach,
                options.qkBound(),
                options.vBound(),
                0,
                oBound,
                (long) shape.headWidth() * options.qkBound() * options.qkBound(),
                new IntegerEmbedding(embedding, 32, 0),
                Optional.of(positions),
                Optional.empty(),
                layers,
                head.quantise(arena, bounds, headScale, 0),
                1 / headScale);
    }

    private void checkCalibration(List<int[]> calibration) {
        if (calibration.isEmpty()) {
            throw new QuantizationException("no calibration sequence; the least length of a text is "
                    + SampleText.leastIds(config) + " token ids");
        }
        for (int[] ids : calibration) {
            if (ids.length == 0 || ids.length > config.context()) {
                throw new QuantizationException("a calibration sequence of " + ids.length
                        + " token ids, need 1 to " + config.context());
            }
            for (int id : ids) {
                if (id < 0 || id >= config.vocabulary()) {
                    throw new QuantizationException(
                            "calibration token id " + id + " is outside the vocabulary of " + config.vocabulary());
                }
            }
        }
    }

    private ModelShape shape() {
        return new ModelShape(
                config.layers(),
                config.heads(),
                config.heads(),
                config.headWidth(),
                config.width(),
                config.mlpWidth(),
                config.vocabulary(),
                config.context(),
                config.endOfText().isPresent() ? List.of(config.endOfText().getAsInt()) : List.of());
    }

    /// The tables of the norm, with the largest shift that keeps rho below 2^18 and products below 2^29.
    private NormTables normTables(int f) {
        int a = options.normFractionBits();
        int[] eps = TableDefinitions.eps(config.width(), f, config.layerNormEpsilon());
        for (int shift = MAX_NORM_SHIFT; shift >= 8; shift--) {
            int[] rsqrt = TableDefinitions.rsqrt(config.width(),
                    TableDefinitions.rsqrtBits(config.width(), shift, a));
            if (rsqrt[0] >= 1 << 18) {
                continue;
            }
            NormBounds bounds = NormBounds.of(config.width(), shift, rsqrt, eps);
            if (bounds.maxProduct() < 1 << 29) {
                return new NormTables(
                        a, shift, config.layerNormEpsilon(), rsqrt, eps, Math.toIntExact(bounds.bound()));
            }
        }
        throw new QuantizationException("no shift of the norm fits width " + config.width());
    }

    private IntegerLayer layer(
            Arena arena,
            int l,
            ModelShape shape,
            Calibration ranges,
            AttentionUnits units,
            int oBound,
            int f,
            int[] grid,
            NormBounds bounds) {
        LayerWeights w = weights.layer(l);
        FoldedReader attention = new FoldedReader(
                w.attentionWeight(), w.attentionBias(), w.ln1Gain(), w.ln1Shift(), ranges.stream());
        HeadBasis[] heads = ranges.layers()[l].heads();
        int dh = shape.headWidth();
        IntegerLinear query = clampedProjection(
                arena, l, "query", bounds, units.query()[l], dh, (h, rows, bias) -> {
                    attention.columns(h * dh, dh, rows, bias);
                    FoldedReader.mix(heads[h].queryMap(), dh, rows, bias);
                });
        IntegerLinear key = clampedProjection(arena, l, "key", bounds, units.key()[l], dh, (h, rows, bias) -> {
            attention.columns(shape.width() + h * dh, dh, rows, bias);
            FoldedReader.mix(heads[h].keyMap(), dh, rows, bias);
            for (int c = 0; c < dh; c++) {
                bias[c] -= heads[h].keyOffset()[c];
            }
        });
        IntegerLinear value = clampedProjection(
                arena,
                l,
                "value",
                bounds,
                units.value()[l],
                dh,
                (h, rows, bias) -> attention.columns(2 * shape.width() + h * dh, dh, rows, bias));
        IntegerLinear output = output(w, units.value()[l], oBound, ranges.stream())
                .quantise(arena, f, residualShift(grid[0], f));

        int block = 64;
        FoldedReader mlp = new FoldedReader(w.fcWeight(), w.fcBias(), w.ln2Gain(), w.ln2Shift(), ranges.stream());
        NormalisedMatrix up = new NormalisedMatrix(
                shape.mlpWidth(),
                shape.width(),
                block,
                normUnit(),
                (b, rows, bias) ->
                        mlp.columns(b * block, Math.min(block, shape.mlpWidth() - b * block), rows, bias));
        double scale = up.maxScale(bounds, accumulatorLimit(GELU_SHIFT), 1e12);
        IntegerLinear unshifted = up.quantise(arena, bounds, scale, 0);
        int shift = tableShift(unshifted.acc());
        IntegerLinear upLinear = new IntegerLinear(
                unshifted.weights(), shape.mlpWidth(), shape.width(), unshifted.bias(), shift, unshifted.acc());
        double[] hidden = hiddenUnits(ranges.layers()[l]);
        double inputUnit = Math.scalb(1.0, shift) / scale;
        int[] gelu = geluTable(upLinear.u(), inputUnit, hidden[0]);
        IntegerLinear down = down(w, hidden, hiddenRange(hidden[0]), ranges.stream())
                .quantise(arena, f, residualShift(grid[1], f));
        return new IntegerLayer(
                query,
                key,
                value,
                output,
                new IntegerMlp.Plain(upLinear, Math.toIntExact(upLinear.u().lo()), gelu, inputUnit, hidden[0]),
                down);
    }

    /// A projection whose outputs are clamped: unit `units[j]` after the largest shift that fits.
    private IntegerLinear clampedProjection(
            Arena arena,
            int layer,
            String name,
            NormBounds bounds,
            double[] units,
            int dh,
            NormalisedMatrix.Rows folded) {
        NormalisedMatrix matrix = new NormalisedMatrix(units.length, config.width(), dh, normUnit(),
                (h, rows, bias) -> {
                    folded.read(h, rows, bias);
                    for (int c = 0; c < dh; c++) {
                        bias[c] /= units[h * dh + c];
                        for (int k = c * config.width(); k < (c + 1) * config.width(); k++) {
                            rows[k] /= units[h * dh + c];
                        }
                    }
                });
        for (int shift = largestShift(matrix, bounds); shift >= 1; shift--) {
            IntegerLinear linear = matrix.quantise(arena, bounds, Math.scalb(1.0, shift), shift);
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
                + " of " + (float) smallest(units) + " cannot hold them; "
                + Suspects.attention(weights, layer));
    }

    /// The largest shift s such that accumulators at scale 2^s are within their limit.
    private static int largestShift(NormalisedMatrix matrix, NormBounds bounds) {
        int shift = exponent(matrix, bounds, 1);
        while (shift >= 1 && shift > exponent(matrix, bounds, shift)) {
            shift--;
        }
        return shift;
    }

    /// floor(log2) of the largest scale with accumulators within the limit of a shift, at most 16.
    private static int exponent(NormalisedMatrix matrix, NormBounds bounds, int shift) {
        // The factor 1 - 1e-6 inside maxScale must not cost a bit at the cap of 2^16.
        return Math.getExponent(
                matrix.maxScale(bounds, accumulatorLimit(shift), 1 << MAX_SHIFT) * (1 + 2e-6));
    }

    /// The largest accumulator before a shift by s and a table, 1 <= s <= 16.
    ///
    /// The table has tiles of 16 entries or more and at most floor(p / 2^s) = 2^(31-s) - 1 entries, hence 2^(31-s) -
    /// 16. An accumulator of either sign up to 2^30 - 9 2^s is shifted to at most 2^(30-s) - 9: 2^(31-s) - 17 values
    /// (docs/protocol-graph.md, section 3).
    static long accumulatorLimit(int shift) {
        return (1L << 30) - (9L << shift);
    }

    private static double smallest(double[] units) {
        return Arrays.stream(units).min().orElseThrow();
    }

    private NormalisedMatrix head(StreamBasis stream) {
        int d = config.width();
        int block = 256;
        float[] gain = weights.finalNormGain();
        float[] beta = weights.finalNormShift();
        float[] headBias = weights.headBias();
        return new NormalisedMatrix(config.vocabulary(), d, block, normUnit(), (b, rows, bias) -> {
            int from = b * block;
            int to = Math.min(config.vocabulary(), from + block);
            float[] raw = weights.headRows(from, to);
            for (int v = 0; v < to - from; v++) {
                bias[v] = headBias[from + v];
                for (int c = 0; c < d; c++) {
                    bias[v] += (double) beta[c] * raw[v * d + c];
                    rows[v * d + c] = (double) gain[c] * raw[v * d + c];
                }
                stream.apply(rows, v * d, d);
            }
        });
    }

    private double normUnit() {
        return Math.scalb(1.0, -options.normFractionBits());
    }

    private WriterMatrix output(LayerWeights w, double[] valueUnits, int oBound, StreamBasis stream) {
        double[] units = new double[valueUnits.length];
        for (int c = 0; c < units.length; c++) {
            units[c] = valueUnits[c] / 8;
        }
        return new WriterMatrix(
                w.projectionWeight(), w.projectionBias(), config.width(), units, Interval.symmetric(oBound), stream);
    }

    private WriterMatrix down(LayerWeights w, double[] hiddenUnits, Interval range, StreamBasis stream) {
        return new WriterMatrix(
                w.mlpProjectionWeight(), w.mlpProjectionBias(), config.width(), hiddenUnits, range, stream);
    }

    /// One unit for all hidden channels, repeated F times.
    private double[] hiddenUnits(Calibration.Layer ranges) {
        double[] units = new double[config.mlpWidth()];
        Arrays.fill(
                units, Math.max(ranges.hiddenMax(), 0.5) * options.hiddenMargin() / options.hiddenBound());
        return units;
    }

    /// All values the activation table can take: its minimum is a constant of the function.
    private Interval hiddenRange(double unit) {
        return new Interval((long) Math.floor(config.activation().minimum() / unit) - 1, options.hiddenBound());
    }

    /// The least shift of an accumulator whose u have a table: at most 15 within the limit of that shift.
    private static int tableShift(Interval acc) {
        int shift = 1;
        while (shift <= MAX_SHIFT && (acc.shifted(shift).count() > GELU_TABLE
                || !IntervalCheck.isTabulated(acc.shifted(shift), shift))) {
            shift++;
        }
        return shift;
    }

    /// `round(GELU(u unit_in) / unit_out)`, saturated at the top.
    private int[] geluTable(Interval u, double inputUnit, double outputUnit) {
        int[] table = new int[Math.toIntExact(u.count())];
        for (int i = 0; i < table.length; i++) {
            double value = config.activation().apply((u.lo() + i) * inputUnit) / outputUnit;
            table[i] = (int) Math.min(TableDefinitions.round(value), options.hiddenBound());
        }
        return table;
    }

    private static int residualShift(int grid, int f) {
        return Math.min(IntervalCheck.NARROW_SHIFT, grid - f);
    }

    private static String shifts(IntegerLayer layer) {
        return "shifts q " + layer.query().shift() + " k " + layer.key().shift() + " v "
                + layer.value().shift() + " o " + layer.output().shift() + " up " + layer.mlp().up().shift() + " down "
                + layer.down().shift() + ", activation " + layer.mlp().table().length + " entries";
    }
}
