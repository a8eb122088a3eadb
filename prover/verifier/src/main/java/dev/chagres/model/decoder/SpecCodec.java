package dev.chagres.model.decoder;

import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes of a [DecoderSpec] (docs/formats.md): little-endian numbers, one encoding for one description.
final class SpecCodec {
    private static final int LEARNED = 0;
    private static final int ROTARY = 1;
    private static final int PLAIN = 0;
    private static final int GATED = 1;
    /// At least the bytes of a description without its layers, and of a layer.
    private static final int FIXED_BYTES = 256;
    private static final int LAYER_BYTES = 128;

    private SpecCodec() {}

    static byte[] encode(DecoderSpec spec) {
        ByteBuffer b = ByteBuffer.allocate(FIXED_BYTES + LAYER_BYTES * spec.layers().size())
                .order(ByteOrder.LITTLE_ENDIAN);
        ModelShape s = spec.shape();
        put(b, s.layers(), s.heads(), s.keyHeads(), s.headWidth(), s.width(), s.mlpWidth(), s.vocab(), s.context());
        put(b, s.endOfText().size());
        s.endOfText().forEach(b::putInt);
        switch (spec.positions()) {
            case Positions.Learned learned -> put(b, LEARNED);
            case Positions.Rotary r -> put(b, ROTARY, r.scaleBits(), r.fractionBits(), spec.embeddingShift());
        }
        spec.eps().forEach(b::putInt);
        put(b, spec.normShift(), spec.normBits(), spec.exponential().bits());
        b.putDouble(spec.exponential().unit());
        put(b, spec.outputBits(), spec.maskOffset(), spec.reach(), spec.qkBound(), spec.vBound(), spec.hiddenBound());
        for (LayerSpec l : spec.layers()) {
            layer(b, l);
        }
        byte[] encoded = new byte[b.position()];
        b.flip().get(encoded);
        return encoded;
    }

    private static void layer(ByteBuffer b, LayerSpec l) {
        for (ProjectionSpec p : List.of(l.query(), l.key(), l.value())) {
            put(b, p.shift());
            put(b, p.u());
        }
        write(b, l.output());
        switch (l.mlp()) {
            case MlpSpec.Plain p -> put(b, PLAIN, p.shift(), p.base(), p.entries());
            case MlpSpec.Gated g -> {
                put(b, GATED, g.shift(), g.base(), g.entries());
                put(b, g.hidden());
                put(b, g.up());
                put(b, g.productShift());
            }
        }
        write(b, l.down());
    }

    private static void write(ByteBuffer b, WriteSpec w) {
        put(b, w.shift());
        if (w.isWide()) {
            put(b, w.quotient());
        }
    }

    private static void put(ByteBuffer b, int... values) {
        for (int v : values) {
            b.putInt(v);
        }
    }

    private static void put(ByteBuffer b, Interval i) {
        b.putInt(Math.toIntExact(i.lo())).putInt(Math.toIntExact(i.hi()));
    }

    static DecoderSpec decode(byte[] encoded) {
        ByteBuffer b = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        try {
            DecoderSpec spec = spec(b);
            if (b.hasRemaining()) {
                throw new IllegalArgumentException(b.remaining() + " bytes after the model description");
            }
            return spec;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the model description ends early", e);
        }
    }

    private static DecoderSpec spec(ByteBuffer b) {
        int[] s = ints(b, 8);
        int ends = b.getInt();
        DecoderSpec.check("number of ids that end a text", ends, 0, ModelShape.MAX_ENDS);
        List<Integer> endOfText = boxed(ints(b, ends));
        ModelShape shape = new ModelShape(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], endOfText);
        DecoderSpec.check("layers", shape.layers(), 1, DecoderSpec.MAX_LAYERS);
        int kind = b.getInt();
        DecoderSpec.check("kind of positions", kind, LEARNED, ROTARY);
        Positions positions = kind == LEARNED ? new Positions.Learned() : new Positions.Rotary(b.getInt(), b.getInt());
        int embeddingShift = kind == LEARNED ? 0 : b.getInt();
        List<Integer> eps = boxed(ints(b, 16));
        int normShift = b.getInt();
        int normBits = b.getInt();
        ExponentialTable exponential = new ExponentialTable(b.getInt(), b.getDouble());
        int[] v = ints(b, 6);
        List<LayerSpec> layers = new ArrayList<>();
        for (int i = 0; i < shape.layers(); i++) {
            layers.add(new LayerSpec(projection(b), projection(b), projection(b), write(b), mlp(b), write(b)));
        }
        return new DecoderSpec(shape, positions, embeddingShift, eps, normShift, normBits, exponential, v[0], v[1],
                v[2], v[3], v[4], v[5], layers);
    }

    private static ProjectionSpec projection(ByteBuffer b) {
        return new ProjectionSpec(b.getInt(), interval(b));
    }

    private static WriteSpec write(ByteBuffer b) {
        int shift = b.getInt();
        return new WriteSpec(shift, shift > WriteSpec.NARROW ? interval(b) : new Interval(0, 0));
    }

    private static MlpSpec mlp(ByteBuffer b) {
        int kind = b.getInt();
        DecoderSpec.check("kind of an MLP", kind, PLAIN, GATED);
        int[] v = ints(b, 3);
        return kind == PLAIN ? new MlpSpec.Plain(v[0], v[1], v[2])
                : new MlpSpec.Gated(v[0], v[1], v[2], interval(b), interval(b), b.getInt());
    }

    private static int[] ints(ByteBuffer b, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = b.getInt();
        }
        return values;
    }

    private static List<Integer> boxed(int[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private static Interval interval(ByteBuffer b) {
        return new Interval(b.getInt(), b.getInt());
    }
}
