package dev.chagres.model.decoder;

import dev.chagres.model.Circuit;
import dev.chagres.model.ModelLimits;
import dev.chagres.model.ModelSpec;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.PublicStatement;
import dev.chagres.statement.TokenSequence;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Everything public about an integer model except its weights and tables: it determines the graph at every length and
/// is part of the verifying key.
///
/// @param shape sizes
/// @param eps eps_e for e in 0..15
/// @param normShift s_n
/// @param normBits width of the range table of n
/// @param exponential EXP, Rmax and the shift of attention outputs
/// @param outputBits width of the range table of attention outputs
/// @param maskOffset added to D at masked positions
/// @param expDomain number of entries of the exponential table
/// @param qkBound clamp of q and k
/// @param vBound clamp of v
/// @param layers blocks in order
public record DecoderSpec(ModelShape shape, List<Integer> eps, int normShift, int normBits,
        ExponentialTable exponential, int outputBits, int maskOffset, int expDomain, int qkBound, int vBound,
        List<LayerSpec> layers) implements ModelSpec {
    private static final int MAX_LAYERS = 1 << 8;

    /// @throws IllegalArgumentException if a number is out of its range ([SpecBounds])
    public DecoderSpec {
        eps = List.copyOf(eps);
        layers = List.copyOf(layers);
        if (eps.size() != 16 || layers.size() != shape.layers()) {
            throw new IllegalArgumentException(eps.size() + " eps values, " + layers.size() + " layers");
        }
        check("layers", layers.size(), 1, MAX_LAYERS);
        check("normShift", normShift, 1, 20);
        check("normBits", normBits, 2, 30 - normShift);
        check("outputBits", outputBits, 2, 30 - exponential.outputShift());
        check("maskOffset", maskOffset, 1, 1 << 29);
        check("expDomain", expDomain, 1, 1 << 30);
        check("qkBound", qkBound, 1, 1 << 12);
        check("vBound", vBound, 1, 1 << 12);
        for (LayerSpec l : layers) {
            for (int s : new int[] {l.query(), l.key(), l.value(), l.up()}) {
                check("shift", s, 1, 16);
            }
            check("residual shift", l.output(), 0, 3);
            check("residual shift", l.down(), 0, 3);
            check("table entries", l.geluEntries(), 1, 1 << 18);
        }
        SpecBounds.sizes(shape);
        SpecBounds.norm(shape.width(), eps);
        SpecBounds.softmax(shape, qkBound, vBound, exponential, maskOffset, expDomain);
        layers.forEach(SpecBounds::layer);
    }

    static void check(String name, long value, long low, long high) {
        if (value < low || value > high) {
            throw new IllegalArgumentException(name + " is " + value + ", not in " + low + ".." + high);
        }
    }

    @Override
    public String family() {
        return DecoderFamily.NAME;
    }

    @Override
    public ModelLimits limits() {
        return new ModelLimits(shape.context(), shape.vocab(), shape.endOfText());
    }

    @Override
    public String describe() {
        return shape.layers() + " layers, width " + shape.width() + ", " + shape.heads() + " heads, " + shape.vocab()
                + " tokens, context " + shape.context();
    }

    @Override
    public Circuit compile(PublicStatement statement) {
        return switch (statement) {
            case TokenSequence sequence -> DecoderCompiler.compile(this, sequence);
        };
    }

    @Override
    public Circuit inference(int rows) {
        return DecoderCompiler.inference(this, rows);
    }

    /// eps_e as an array.
    public int[] epsilons() {
        return eps.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public byte[] encode() {
        ByteBuffer b = ByteBuffer.allocate(4 * (8 + 16 + 10 + 14 * layers.size())).order(ByteOrder.LITTLE_ENDIAN);
        for (int v : new int[] {shape.layers(), shape.heads(), shape.headWidth(), shape.width(), shape.mlpWidth(),
            shape.vocab(), shape.context(), shape.endOfText()}) {
            b.putInt(v);
        }
        eps.forEach(b::putInt);
        b.putInt(normShift).putInt(normBits).putInt(exponential.bits()).putDouble(exponential.unit());
        for (int v : new int[] {outputBits, maskOffset, expDomain, qkBound, vBound}) {
            b.putInt(v);
        }
        for (LayerSpec l : layers) {
            b.putInt(l.query());
            put(b, l.queryU());
            b.putInt(l.key());
            put(b, l.keyU());
            b.putInt(l.value());
            put(b, l.valueU());
            b.putInt(l.output()).putInt(l.up()).putInt(l.geluBase()).putInt(l.geluEntries()).putInt(l.down());
        }
        return b.array();
    }

    private static void put(ByteBuffer b, Interval i) {
        b.putInt(Math.toIntExact(i.lo())).putInt(Math.toIntExact(i.hi()));
    }

    /// Reads what [#encode()] wrote.
    ///
    /// @throws IllegalArgumentException if the bytes are not such an encoding
    public static DecoderSpec decode(byte[] encoded) {
        ByteBuffer b = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        try {
            ModelShape shape = new ModelShape(b.getInt(), b.getInt(), b.getInt(), b.getInt(), b.getInt(), b.getInt(),
                    b.getInt(), b.getInt());
            check("layers", shape.layers(), 1, MAX_LAYERS);
            List<Integer> eps = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                eps.add(b.getInt());
            }
            int normShift = b.getInt();
            int normBits = b.getInt();
            ExponentialTable exponential = new ExponentialTable(b.getInt(), b.getDouble());
            int[] v = new int[5];
            for (int i = 0; i < v.length; i++) {
                v[i] = b.getInt();
            }
            List<LayerSpec> layers = new ArrayList<>();
            for (int i = 0; i < shape.layers(); i++) {
                layers.add(new LayerSpec(b.getInt(), interval(b), b.getInt(), interval(b), b.getInt(), interval(b),
                        b.getInt(), b.getInt(), b.getInt(), b.getInt(), b.getInt()));
            }
            return new DecoderSpec(shape, eps, normShift, normBits, exponential, v[0], v[1], v[2], v[3], v[4], layers);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the model description ends early", e);
        }
    }

    private static Interval interval(ByteBuffer b) {
        return new Interval(b.getInt(), b.getInt());
    }
}
