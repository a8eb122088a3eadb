package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.model.IntegerEmbedding;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.RotationTables;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.Interval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Small models with everything that GPT-2 lacks: rotated queries and keys, heads that share those of keys, gated MLPs,
/// wide writes, an embedding with a factor, three ids that end a text. Their tables have few entries, so that many
/// proofs take little time.
public final class RotaryModel {
    /// Ids that end a text; a lie that needs another one edits the key.
    static final List<Integer> ENDS = List.of(16, 18, 19);
    /// kappa and x of the rotation.
    static final int SCALE = 10;
    static final int FRACTION = 3;
    /// Shift of the query and key projections.
    static final int POSITIONED = 10;
    /// Shift of gate and up: a table of 2^10 pairs of remainders.
    static final int GATED = 5;
    /// s_g.
    static final int PRODUCT = 12;
    /// Shift of residual writes: two quotients that are p / 2^s apart, both inside the domain of the stream.
    static final int WRITE = 6;
    /// h
    static final int EMBEDDING = 6;
    /// Largest distance of the table of the exponential, less than one of its tiles and a quarter of what scores could
    /// be: the table has a gap.
    private static final int REACH = 65_000;
    /// Of models whose texts are all to be provable.
    private static final int FAR_REACH = 90_000;
    /// Limit of the accumulators of queries and keys.
    private static final int SCORED = 11 << 20;
    /// Bits of the accumulators of residual writes.
    private static final int WRITTEN = 22;
    private static final int HIDDEN = 100;
    private static final int ACTIVATED = 1200;
    private static final int ENTRY = 600;

    private final IntegerModel base;
    private final ModelShape shape;
    private final SplittableRandom random;

    private RotaryModel(IntegerModel base, ModelShape shape, long seed) {
        this.base = base;
        this.shape = shape;
        this.random = new SplittableRandom(seed);
    }

    /// Makes a model from a quantised one: its sizes, and the tables of its norms and exponential.
    ///
    /// @param keyHeads heads of keys and values
    /// @param seed of everything that is random
    public static UnaryOperator<IntegerModel> with(int keyHeads, long seed) {
        return base -> {
            ModelShape b = base.shape();
            return with(base, b.heads(), keyHeads, b.headWidth(), REACH, seed);
        };
    }

    /// The same with heads that do not add up to the width, and with a table of the exponential that has what scores need.
    public static UnaryOperator<IntegerModel> with(int heads, int keyHeads, int headWidth, long seed) {
        return base -> with(base, heads, keyHeads, headWidth, FAR_REACH, seed);
    }

    private static IntegerModel with(IntegerModel base, int heads, int keyHeads, int headWidth, int reach, long seed) {
        ModelShape b = base.shape();
        ModelShape shape = new ModelShape(b.layers(), heads, keyHeads, headWidth, b.width(), b.mlpWidth(), b.vocab(),
                b.context(), ENDS);
        IntegerModel model = new RotaryModel(base, shape, seed).model(reach);
        IntervalCheck.check(model);
        return model;
    }

    /// @param reach of the table of the exponential, or its support if that is more
    private IntegerModel model(int reach) {
        List<IntegerLayer> layers = IntStream.range(0, shape.layers()).mapToObj(_ -> layer()).toList();
        return new IntegerModel(base.name(), base.tokenizer(), shape, base.residualFractionBits(), base.norm(),
                base.softmax(), Math.max(base.softmax().support(), reach), base.qkBound(), base.vBound(), HIDDEN, base.oBound(), base.scoreBound(),
                embedding(), Optional.empty(), Optional.of(rotation()), layers,
                read(shape.vocab(), 0, 1 << 28), base.logitUnit());
    }

    private IntegerLayer layer() {
        return new IntegerLayer(read(shape.attentionWidth(), POSITIONED, SCORED),
                read(shape.keyWidth(), POSITIONED, SCORED), read(shape.keyWidth(), POSITIONED, 1 << 22),
                write(shape.attentionWidth(), base.oBound()), mlp(), write(shape.mlpWidth(), HIDDEN));
    }

    /// Values of the gate that are 0 where the index is negative, as those of SiLU nearly are, else any function.
    private IntegerMlp mlp() {
        IntegerLinear gate = read(shape.mlpWidth(), GATED, 1 << 18);
        IntegerLinear up = read(shape.mlpWidth(), GATED, 1 << 18);
        int lowest = Math.toIntExact(gate.u().lo());
        int[] table = IntStream.range(0, Math.toIntExact(gate.u().count()))
                .map(i -> i + lowest < 0 ? 0 : random.nextInt(-ACTIVATED / 3, ACTIVATED)).toArray();
        return new IntegerMlp.Gated(gate, up, lowest, table, PRODUCT, 1, 1);
    }

    /// A map of a normalised row, of which one channel alone can be as large as a bound.
    private IntegerLinear read(int outputs, int shift, long limit) {
        int root = (int) Math.ceil(Math.sqrt(shape.width()));
        return map(outputs, shape.width(), shift, limit, limit / 2 / ((long) base.norm().bound() * root));
    }

    /// A map of inputs that can all be as large as a bound.
    private IntegerLinear write(int inputs, long input) {
        return map(shape.width(), inputs, WRITE, 1 << WRITTEN, (1L << WRITTEN - 1) / (input * inputs));
    }

    /// A map whose accumulators are at most a limit.
    private IntegerLinear map(int outputs, int inputs, int shift, long limit, long weight) {
        long largest = Math.clamp(weight, 1, IntegerLinear.MAX_WEIGHT);
        MemorySegment data = Arena.ofAuto().allocate(2L * outputs * inputs, 64);
        for (long i = 0; i < (long) outputs * inputs; i++) {
            data.setAtIndex(IntegerLinear.WEIGHT, i, (short) random.nextLong(-largest, largest + 1));
        }
        int[] biases = random.ints(outputs, (int) -limit / 256, (int) limit / 256).toArray();
        return new IntegerLinear(data, outputs, inputs, biases, shift, Interval.symmetric(limit));
    }

    private RotationTables rotation() {
        int half = shape.headWidth() / 2;
        int count = shape.context() * half;
        MemorySegment cos = Arena.ofAuto().allocate(2L * count, 64);
        MemorySegment sin = Arena.ofAuto().allocate(2L * count, 64);
        for (int i = 0; i < count; i++) {
            double angle = i / half * Math.pow(100, -(double) (i % half) / half);
            cos.setAtIndex(RotationTables.ENTRY, i, (short) Math.round((1 << SCALE) * Math.cos(angle)));
            sin.setAtIndex(RotationTables.ENTRY, i, (short) Math.round((1 << SCALE) * Math.sin(angle)));
        }
        return new RotationTables(SCALE, FRACTION, cos, sin);
    }

    private IntegerEmbedding embedding() {
        int count = shape.vocab() * shape.width();
        MemorySegment data = Arena.ofAuto().allocate(2L * count, 64);
        int[] entries = random.ints(count, -ENTRY, ENTRY + 1).toArray();
        for (int i = 0; i < count; i++) {
            data.setAtIndex(IntegerEmbedding.NARROW, i, (short) entries[i]);
        }
        return new IntegerEmbedding(data, 16, EMBEDDING);
    }
}
