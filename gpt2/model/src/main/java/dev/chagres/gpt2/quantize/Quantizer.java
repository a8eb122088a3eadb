package dev.chagres.gpt2.quantize;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.NormTables;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.gpt2.model.SoftmaxTables;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.MlpKind;
import dev.chagres.gpt2.weights.PositionKind;
import dev.chagres.gpt2.weights.WeightSource;
import dev.chagres.graph.RowBlocks;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import dev.chagres.semantics.NormBounds;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.tokenizer.TokenizerInfo;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/// Turns float weights into an [IntegerModel]: exact folding in real arithmetic, then rounding on the finest grid
/// whose accumulator intervals are proved. One procedure for every [Architecture]: parts that a model lacks are
/// optional. Peak memory is the result, the calibrated stream, and a few copies of one block.
public final class Quantizer {
    /// The largest s_n: the remainder of n is looked up in a table of 2^17 entries.
    private static final int MAX_NORM_SHIFT = 17;

    /// Signed bits of n and its shift, at most.
    private static final int NORM_BITS = 30;

    /// The largest accumulator of a write to the stream.
    static final double WRITER_LIMIT = (1 << 30) - (1 << 26) - 1;

    /// Bits by which a hidden value is coarser, at most, so that the weights that it is multiplied with are finer.
    private static final int MAX_COARSER = 1;

    /// Differences of scores beyond the calibrated ones that rounding may add.
    private static final int REACH_SLACK = 64;

    private final WeightSource weights;
    private final Architecture config;
    private final QuantizerOptions options;
    private final Consumer<String> progress;

    /// @param progress receives one line per step
    public Quantizer(WeightSource weights, QuantizerOptions options, Consumer<String> progress) {
        this.weights = weights;
        this.config = weights.architecture();
        this.options = options;
        this.progress = progress;
    }

    public Quantizer(WeightSource weights) {
        this(weights, QuantizerOptions.standard(weights.architecture()), _ -> {});
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
        if (options.context() < 1 || options.context() > config.context()) {
            throw new QuantizationException("a context of " + options.context() + ", the model has 1 to "
                    + config.context());
        }
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

    private IntegerModel convert(Arena arena, String name, TokenizerInfo tokenizer, List<int[]> samples) {
        ModelShape shape = shape();
        progress.accept("calibrating on " + samples.size() + " sequences");
        int padding = (1 << RowBlocks.BLOCK_BITS) - 1;
        Calibration calibration = Calibration.run(weights, options, padding, samples);
        AttentionUnits units = AttentionUnits.of(weights, calibration, options);
        SoftmaxTables softmax = softmax(units);
        int oBound = Math.toIntExact(IntegerSemantics.rsh(
                (long) options.vBound() * softmax.rMax(), softmax.outputShift()));
        StreamBasis stream = calibration.stream();
        progress.accept("residual stream: peak " + (float) stream.peak() + "; reflections " + stream.reflections()
                + "; logit unit " + (float) units.logitUnit());

        ResidualUnit residual = new ResidualUnit(weights, calibration, options);
        // Grids of gated MLPs need a norm; its bounds hardly depend on the unit of the stream.
        NormBounds anyBounds = bounds(normTables(residual.guess()));
        boolean isGated = config.mlp() == MlpKind.GATED;
        List<Optional<GatedUnits>> gated = new ArrayList<>();
        WriterMatrix.Grid[][] grids = new WriterMatrix.Grid[shape.layers()][];
        for (int l = 0; l < shape.layers(); l++) {
            LayerQuantizer layer = layer(calibration, units, anyBounds, l, new double[] {1, 1});
            Optional<GatedUnits> g = isGated ? Optional.of(layer.gatedUnits(0)) : Optional.empty();
            gated.add(g);
            double[] hidden = g.map(GatedUnits::hidden)
                    .orElse(LayerQuantizer.hiddenUnits(config, calibration.layers()[l], options));
            grids[l] = new WriterMatrix.Grid[] {
                layer.outputWriter(oBound).finestGrid(WRITER_LIMIT, residual.reach(2 * l + 1)),
                layer.downWriter(hidden, layer.hiddenRange(hidden)).finestGrid(WRITER_LIMIT,
                        residual.reach(2 * l + 2))
            };
        }
        WriteShifts writes = residual.writes(grids);
        int f = writes.fractionBits();
        for (int l = 0; isGated && l < shape.layers(); l++) {
            // A write with a smaller shift than its grid allows has coarse weights, and a finer g than they deserve.
            int unused = grids[l][1].fractionBits() - f - writes.shifts()[l][1];
            gated.set(l, Optional.of(layer(calibration, units, anyBounds, l, new double[] {1, 1})
                    .gatedUnits(Math.min(unused, MAX_COARSER))));
        }
        NormTables norm = normTables(f);
        NormBounds bounds = bounds(norm);
        progress.accept("residual unit 2^-" + f + " (2^-" + residual.guess() + " by range), norm shift " + norm.shift()
                + ", |n| <= " + norm.bound());
        long moved = residual.moved(f);
        if (moved > 0) {
            progress.accept("the floor of epsilon changes the scale of " + moved + " of " + residual.rows()
                    + " calibrated rows by more than 0.1 %");
        }
        Optional<RotationPlan> rotation = rotation(calibration, units, bounds);
        rotation.ifPresent(r -> progress.accept("rotation: " + r.bits() + " bits with a fraction of "
                + r.fractionBits() + ", cosines of " + r.scaleBits() + " bits"));

        List<IntegerLayer> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            try {
                double[] factors = {residual.floorFactor(2 * l, f), residual.floorFactor(2 * l + 1, f)};
                LayerQuantizer layer = layer(calibration, units, bounds, l, factors);
                layers.add(layer.quantise(arena, rotation, oBound, writes, gated.get(l)));
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw QuantizationException.at("layer " + l, e);
            }
            progress.accept("layer " + l + ": " + shifts(layers.getLast()));
        }
        NormalisedMatrix head = head(stream);
        double headScale = head.maxScale(bounds, IntervalCheck.LOGIT_LIMIT - 1, 1e12);
        int reach = reach(calibration, units, softmax);
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
                isGated ? options.hiddenBound() : 0,
                oBound,
                (long) shape.headWidth() * options.qkBound() * options.qkBound(),
                residual.embedding(arena, f),
                config.learnedPositions() ? Optional.of(residual.positions(arena, f)) : Optional.empty(),
                rotation.map(r -> r.tables(arena, (PositionKind.Rotary) config.positions(), config.headWidth(),
                        options.context())),
                layers,
                head.quantise(arena, bounds, headScale, 0, IntervalCheck.LOGIT_LIMIT - 1, Optional.empty()),
                1 / headScale,
                Optional.of(stream.map()));
    }

    private LayerQuantizer layer(Calibration calibration, AttentionUnits units, NormBounds bounds, int layer,
            double[] factors) {
        return new LayerQuantizer(weights, options, calibration, units, bounds, layer, factors);
    }

    private void checkCalibration(List<int[]> calibration) {
        if (calibration.isEmpty()) {
            throw new QuantizationException("no calibration sequence; the least length of a text is "
                    + SampleText.leastIds(config) + " token ids");
        }
        for (int[] ids : calibration) {
            if (ids.length == 0 || ids.length > options.context()) {
                throw new QuantizationException("a calibration sequence of " + ids.length
                        + " token ids, need 1 to " + options.context());
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
                config.keyHeads(),
                config.headWidth(),
                config.width(),
                config.mlpWidth(),
                config.vocabulary(),
                options.context(),
                config.endOfText());
    }

    private static SoftmaxTables softmax(AttentionUnits units) {
        return new SoftmaxTables(
                units.expBits(),
                units.logitUnit(),
                TableDefinitions.exp(units.expBits(), units.logitUnit(), IntervalCheck.MAX_SUPPORT),
                TableDefinitions.rMax(units.expBits(), units.logitUnit()));
    }

    /// The tables of the norm, with the largest shift that keeps rho below 2^18, products below 2^29, and leaves room
    /// for n.
    private NormTables normTables(int f) {
        int a = options.normFractionBits();
        int d = config.width();
        int[] eps = TableDefinitions.eps(d, f, config.normEpsilon());
        for (int shift = MAX_NORM_SHIFT; shift >= 8; shift--) {
            int[] rsqrt = TableDefinitions.rsqrt(d, TableDefinitions.rsqrtBits(d, shift, a));
            if (rsqrt[0] >= 1 << 18) {
                continue;
            }
            NormBounds bounds = NormBounds.of(d, shift, rsqrt, eps);
            if (bounds.maxProduct() < 1 << 29 && bounds.bound() < 1L << NORM_BITS - 1 - shift) {
                return new NormTables(
                        a, shift, config.normEpsilon(), rsqrt, eps, Math.toIntExact(bounds.bound()));
            }
        }
        throw new QuantizationException("no shift of the norm fits width " + config.width());
    }

    private NormBounds bounds(NormTables norm) {
        return NormBounds.of(config.width(), norm.shift(), norm.rsqrt(), norm.eps());
    }

    private Optional<RotationPlan> rotation(Calibration calibration, AttentionUnits units, NormBounds bounds) {
        if (config.learnedPositions()) {
            return Optional.empty();
        }
        double reach = 0;
        int widest = 0;
        for (int l = 0; l < config.layers(); l++) {
            double own = layer(calibration, units, bounds, l, new double[] {1 + ResidualUnit.FLOOR_PART, 1})
                    .rotatedReach();
            widest = own > reach ? l : widest;
            reach = Math.max(reach, own);
        }
        try {
            return Optional.of(RotationPlan.of(reach, options.rotationBits()));
        } catch (QuantizationException e) {
            throw new QuantizationException("layer " + widest + ": " + e.getMessage() + "; "
                    + Suspects.attention(weights, widest), e);
        }
    }

    /// How far differences of scores may go: as far as they can, or a margin beyond calibration.
    private int reach(Calibration calibration, AttentionUnits units, SoftmaxTables softmax) {
        // Narrow heads cannot reach the end of the table of exponentials, which has its place all the same.
        long full = Math.max(softmax.support(), softmax.maxDifference(
                PublicSpec.scoreBound(config.headWidth(), options.qkBound()), options.context()));
        if (options.reachMargin() == 0) {
            return Math.toIntExact(full);
        }
        double spread = Arrays.stream(calibration.layers()).mapToDouble(Calibration.Layer::spread).max().orElse(0);
        double calibrated = options.reachMargin() * spread / units.logitUnit() + REACH_SLACK;
        return Math.toIntExact((long) Math.min(full, Math.max(softmax.support(), Math.ceil(calibrated))));
    }

    /// The largest accumulator before a shift by s and a table, 1 <= s <= 16.
    ///
    /// The table has tiles of 16 entries or more and at most floor(p / 2^s) = 2^(31-s) - 1 entries, hence 2^(31-s) -
    /// 16. An accumulator of either sign up to 2^30 - 9 2^s is shifted to at most 2^(30-s) - 9: 2^(31-s) - 17 values
    /// (docs/protocol-graph.md, section 3).
    static long accumulatorLimit(int shift) {
        return (1L << 30) - (9L << shift);
    }

    private NormalisedMatrix head(StreamBasis stream) {
        int d = config.width();
        int block = 256;
        float[] gain = weights.finalNormGain();
        float[] beta = weights.finalNormShift();
        float[] headBias = weights.headBias();
        return new NormalisedMatrix(config.vocabulary(), d, block, options.normUnit(), (b, rows, bias) -> {
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

    private static String shifts(IntegerLayer layer) {
        return "shifts q " + layer.query().shift() + " k " + layer.key().shift() + " v "
                + layer.value().shift() + " o " + written(layer.output()) + " up " + layer.mlp().up().shift()
                + " down " + written(layer.down()) + ", activation " + layer.mlp().table().length + " entries";
    }

    /// The shift of a write and the root mean square of its weights: below 100 they are coarse.
    private static String written(IntegerLinear linear) {
        double squares = 0;
        for (int j = 0; j < linear.outputs(); j++) {
            for (int k = 0; k < linear.inputs(); k++) {
                double w = linear.weight(j, k);
                squares += w * w;
            }
        }
        long rms = Math.round(Math.sqrt(squares / linear.outputs() / linear.inputs()));
        return linear.shift() + " (weights " + rms + ")";
    }
}
