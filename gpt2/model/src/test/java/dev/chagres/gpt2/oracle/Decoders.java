package dev.chagres.gpt2.oracle;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Random models with rotated positions, shared heads of keys, gated MLPs and wide writes, made from a quantised one:
/// its sizes and the tables of its norms and exponential, everything else random up to what the interval check admits.
public final class Decoders {
    private static final long STREAM = 1L << 26;
    private static final int HIDDEN_BOUND = 8191;

    private final IntegerModel base;
    private final Kind kind;
    private final SplittableRandom random;

    /// What differs from GPT-2.
    ///
    /// @param keyHeads  heads of keys and values
    /// @param rotary    whether queries and keys are rotated; learned positions otherwise
    /// @param gate      shift of the projections of gated MLPs; 0 if they are plain
    /// @param write     shift of residual writes
    /// @param size      bits of the weights that write to the stream, 1..15
    /// @param reach     part of the largest difference of scores that the table of the exponential has, 1 / reach
    public record Kind(int keyHeads, boolean rotary, int gate, int write, int size, int reach) {}

    private Decoders(IntegerModel base, Kind kind, long seed) {
        this.base = base;
        this.kind = kind;
        this.random = new SplittableRandom(seed);
    }

    /// @param base with heads of an even number of channels if the kind is rotary
    public static IntegerModel of(IntegerModel base, Kind kind, long seed) {
        IntegerModel model = new Decoders(base, kind, seed).model();
        IntervalCheck.check(model);
        return model;
    }

    private IntegerModel model() {
        ModelShape b = base.shape();
        ModelShape shape = new ModelShape(b.layers(), b.heads(), kind.keyHeads, b.headWidth(), b.width(), b.mlpWidth(),
                b.vocab(), b.context(), List.of());
        int keys = shape.keyWidth();
        int shift = kind.rotary ? 13 : 14;
        // r = 17 bits of what is rotated: 17 + 13 = 30.
        long rotated = kind.rotary ? (1L << 29) - (1L << 14) : (1L << 30) - (16L << 14);
        List<IntegerLayer> layers = new ArrayList<>();
        for (int l = 0; l < b.layers(); l++) {
            layers.add(new IntegerLayer(read(shape.attentionWidth(), shift, rotated), read(keys, shift, rotated),
                    read(keys, 16, (1L << 30) - (16L << 16)), write(shape.attentionWidth(), base.oBound()), mlp(),
                    write(b.mlpWidth(), kind.gate > 0 ? HIDDEN_BOUND : 2047)));
        }
        return new IntegerModel(base.name(), base.tokenizer(), shape, base.residualFractionBits(), base.norm(),
                base.softmax(), Math.max(base.softmax().support(), base.reach() / kind.reach), base.qkBound(),
                base.vBound(), kind.gate > 0 ? HIDDEN_BOUND : 0, base.oBound(), base.scoreBound(), embedding(),
                kind.rotary ? Optional.empty() : base.positions(),
                kind.rotary ? Optional.of(rotation()) : Optional.empty(),
                layers, read(b.vocab(), 0, (15L << 25) - 1), base.logitUnit());
    }

    /// kappa and x with 13 bits together: what is rotated has 17.
    private RotationTables rotation() {
        int half = base.shape().headWidth() / 2;
        int count = base.shape().context() * half;
        MemorySegment cos = Arena.ofAuto().allocate(2L * count, 64);
        MemorySegment sin = Arena.ofAuto().allocate(2L * count, 64);
        int scale = random.nextInt(8, 11);
        for (int i = 0; i < count; i++) {
            double angle = i / half * Math.pow(100, -(double) (i % half) / half);
            cos.setAtIndex(RotationTables.ENTRY, i, (short) Math.round((1 << scale) * Math.cos(angle)));
            sin.setAtIndex(RotationTables.ENTRY, i, (short) Math.round((1 << scale) * Math.sin(angle)));
        }
        return new RotationTables(scale, 13 - scale, cos, sin);
    }

    private IntegerMlp mlp() {
        int hidden = base.shape().mlpWidth();
        if (kind.gate == 0) {
            IntegerLinear up = read(hidden, 14, (1L << 30) - (16L << 14));
            return new IntegerMlp.Plain(up, (int) up.u().lo(), table(up, -2047, 2047), 1, 1);
        }
        IntegerLinear gate = read(hidden, kind.gate, (1L << 14 + kind.gate) - (16L << kind.gate));
        IntegerLinear up = read(hidden, kind.gate,
                Math.min((1L << 15 + kind.gate) - (1L << kind.gate), (1L << 30) - (16L << kind.gate)));
        return new IntegerMlp.Gated(gate, up, (int) gate.u().lo(), table(gate, -(1 << 14), (1 << 14) - 1),
                random.nextInt(10, 17), 1, 1);
    }

    /// Any function, its ends among its values.
    private int[] table(IntegerLinear index, int least, int most) {
        int[] table = random.ints(index.u().count(), least, most + 1).toArray();
        table[table.length / 2] = 0;
        table[table.length / 3] = least;
        table[table.length / 3 + 1] = most;
        return table;
    }

    /// A map of a normalised row; its accumulator is at most a limit.
    private IntegerLinear read(int outputs, int shift, long limit) {
        int inputs = base.shape().width();
        long largest = Math.clamp(limit / 2 / ((long) base.norm().bound() * inputs), 1, IntegerLinear.MAX_WEIGHT);
        return matrix(outputs, inputs, shift, largest, limit - largest * base.norm().bound() * inputs, limit);
    }

    private IntegerLinear write(int inputs, long input) {
        // The stream keeps its domain where the weights are small.
        long limit = (1L << 30) - STREAM - 1;
        long largest = Math.clamp(limit / 2 / (input * inputs), 1, (1 << kind.size) - 1L);
        long most = largest * input * inputs;
        return matrix(base.shape().width(), inputs, kind.write, largest, most, 2 * most);
    }

    private IntegerLinear matrix(int outputs, int inputs, int shift, long largest, long bias, long limit) {
        MemorySegment data = Arena.ofAuto().allocate(2L * outputs * inputs, 64);
        for (long i = 0; i < (long) outputs * inputs; i++) {
            data.setAtIndex(IntegerLinear.WEIGHT, i, (short) random.nextLong(-largest, largest + 1));
        }
        int[] biases = new int[outputs];
        Arrays.setAll(biases, _ -> (int) random.nextLong(-bias, bias + 1));
        return new IntegerLinear(data, outputs, inputs, biases, shift, Interval.symmetric(limit));
    }

    private IntegerEmbedding embedding() {
        if (!kind.rotary) {
            return base.embedding();
        }
        long count = (long) base.shape().vocab() * base.shape().width();
        MemorySegment data = Arena.ofAuto().allocate(2 * count, 64);
        for (long i = 0; i < count; i++) {
            int size = (int) (i / base.shape().width() % 16);
            data.setAtIndex(IntegerEmbedding.NARROW, i, (short) random.nextInt(-(1 << size) + 1, 1 << size));
        }
        return new IntegerEmbedding(data, 16, random.nextInt(12));
    }
}
