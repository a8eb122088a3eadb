package dev.chagres.gpt2.model;

import dev.chagres.gpt2.model.ModelFile.Section;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.prove.file.ContentDigest;
import dev.chagres.semantics.Interval;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Streams a model into a `.cgm` container.
final class ModelFileWriter {
    private static final int CHUNK = 1 << 22;
    /// At least the bytes of META without the tokenizer.
    private static final int META_FIXED_BYTES = 1024;

    private final FileChannel channel;
    private final IntegerModel model;
    private int sections;

    private ModelFileWriter(FileChannel channel, IntegerModel model) {
        this.channel = channel;
        this.model = model;
    }

    /// Writes the whole file from position 0 of an empty channel.
    static void write(IntegerModel model, FileChannel channel) throws IOException {
        new ModelFileWriter(channel, model).write();
    }

    private void write() throws IOException {
        // The header, with the total length, is filled in last; an interrupted file has no magic.
        emit(buffer(ModelFile.HEADER_BYTES).limit(ModelFile.HEADER_BYTES));
        section("META", ModelFile.NO_LAYER, meta());
        section("RSQR", ModelFile.NO_LAYER, ints(model.norm().rsqrt()));
        section("EPST", ModelFile.NO_LAYER, ints(model.norm().eps()));
        section("EXPT", ModelFile.NO_LAYER, ints(model.softmax().exp()));
        section("EMBE", ModelFile.NO_LAYER, model.embedding().entries());
        if (model.positions().isPresent()) {
            section("POSI", ModelFile.NO_LAYER, model.positions().get());
        }
        if (model.rotation().isPresent()) {
            section("COSI", ModelFile.NO_LAYER, model.rotation().get().cos());
            section("SINE", ModelFile.NO_LAYER, model.rotation().get().sin());
        }
        for (int l = 0; l < model.shape().layers(); l++) {
            IntegerLayer layer = model.layers().get(l);
            section("LAYR", l, layerMeta(layer));
            linear("QRY", l, layer.query());
            linear("KEY", l, layer.key());
            linear("VAL", l, layer.value());
            linear("OUT", l, layer.output());
            if (layer.mlp() instanceof IntegerMlp.Gated g) {
                linear("GAT", l, g.gate());
            }
            linear("UPP", l, layer.mlp().up());
            section("ACTV", l, ints(layer.mlp().table()));
            linear("DWN", l, layer.down());
        }
        linear("HED", ModelFile.NO_LAYER, model.head());
        section("BASI", ModelFile.NO_LAYER, streamMap());
        ByteBuffer header = buffer(ModelFile.HEADER_BYTES)
                .putLong(ModelFile.MAGIC)
                .putInt(ModelFile.VERSION)
                .putInt(sections)
                .putLong(channel.position())
                .put(digest())
                .limit(ModelFile.HEADER_BYTES)
                .position(0);
        while (header.hasRemaining()) {
            channel.write(header, header.position());
        }
    }

    private byte[] digest() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return ContentDigest.of(channel.map(FileChannel.MapMode.READ_ONLY, ModelFile.HEADER_BYTES,
                    channel.position() - ModelFile.HEADER_BYTES, arena));
        }
    }

    private ByteBuffer meta() {
        byte[] tokenizer = model.tokenizer().encode();
        ByteBuffer b = buffer(META_FIXED_BYTES + tokenizer.length);
        ModelShape s = model.shape();
        b.putInt(s.layers()).putInt(s.heads()).putInt(s.keyHeads()).putInt(s.headWidth()).putInt(s.width());
        b.putInt(s.mlpWidth()).putInt(s.vocab()).putInt(s.context()).putInt(s.endOfText().size());
        s.endOfText().forEach(b::putInt);
        b.putInt(model.rotation().isPresent() ? ModelFile.ROTARY : ModelFile.LEARNED);
        model.rotation().ifPresent(r ->
                b.putInt(r.scaleBits()).putInt(r.fractionBits()).putInt(model.embedding().shift()));
        b.putInt(model.residualFractionBits());
        b.putInt(model.norm().fractionBits()).putInt(model.norm().shift()).putInt(model.norm().bound());
        b.putDouble(model.norm().epsilon());
        b.putInt(model.softmax().expBits()).putInt(model.softmax().rMax());
        b.putDouble(model.softmax().logitUnit());
        b.putInt(model.reach()).putInt(model.qkBound()).putInt(model.vBound()).putInt(model.hiddenBound());
        b.putInt(model.oBound());
        b.putLong(model.scoreBound());
        b.putDouble(model.logitUnit());
        linearMeta(b, model.head());
        text(b, model.name());
        b.putInt(tokenizer.length).put(tokenizer);
        return b.flip();
    }

    /// Empty if the model does not say it.
    private ByteBuffer streamMap() {
        if (model.streamMap().isEmpty()) {
            return buffer(0);
        }
        StreamMap map = model.streamMap().get();
        ByteBuffer b = buffer(8 + map.reflections().size() * model.shape().width() * Double.BYTES);
        b.putInt(map.centred() ? 1 : 0).putInt(map.reflections().size());
        map.reflections().forEach(w -> {
            for (double v : w) {
                b.putDouble(v);
            }
        });
        return b.flip();
    }

    private static ByteBuffer layerMeta(IntegerLayer layer) {
        ByteBuffer b = buffer(512);
        b.putInt(layer.mlp() instanceof IntegerMlp.Gated ? ModelFile.GATED : ModelFile.PLAIN);
        for (IntegerLinear linear : List.of(layer.query(), layer.key(), layer.value(), layer.output())) {
            linearMeta(b, linear);
        }
        if (layer.mlp() instanceof IntegerMlp.Gated g) {
            linearMeta(b, g.gate());
        }
        linearMeta(b, layer.mlp().up());
        linearMeta(b, layer.down());
        b.putInt(layer.mlp().base());
        if (layer.mlp() instanceof IntegerMlp.Gated g) {
            b.putInt(g.productShift());
        }
        b.putDouble(layer.mlp().inputUnit()).putDouble(layer.mlp().outputUnit());
        return b.flip();
    }

    private static void linearMeta(ByteBuffer b, IntegerLinear linear) {
        b.putInt(linear.shift());
        interval(b, linear.acc());
        interval(b, linear.u());
    }

    private static void interval(ByteBuffer b, Interval interval) {
        b.putLong(interval.lo()).putLong(interval.hi());
    }

    private static void text(ByteBuffer b, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 255) {
            throw new IllegalArgumentException("text of " + bytes.length + " bytes, at most 255: " + text);
        }
        b.put((byte) bytes.length).put(bytes);
    }

    private void linear(String suffix, int layer, IntegerLinear linear) throws IOException {
        section("W" + suffix, layer, linear.weights());
        section("B" + suffix, layer, ints(linear.bias()));
    }

    private void section(String tag, int layer, MemorySegment payload) throws IOException {
        start(tag, layer, payload.byteSize());
        for (long at = 0; at < payload.byteSize(); at += CHUNK) {
            emit(payload.asSlice(at, Math.min(CHUNK, payload.byteSize() - at)).asByteBuffer());
        }
        pad();
    }

    private void section(String tag, int layer, ByteBuffer payload) throws IOException {
        start(tag, layer, payload.remaining());
        emit(payload);
        pad();
    }

    private void start(String tag, int layer, long bytes) throws IOException {
        sections++;
        emit(buffer(ModelFile.HEADER_BYTES)
                .putInt(new Section(tag, layer).tag())
                .putInt(layer)
                .putLong(bytes)
                .limit(ModelFile.HEADER_BYTES)
                .position(0));
    }

    private void pad() throws IOException {
        int gap = (int) (ModelFile.padded(channel.position()) - channel.position());
        emit(buffer(ModelFile.ALIGNMENT).limit(gap));
    }

    private void emit(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static MemorySegment ints(int[] values) {
        MemorySegment segment = MemorySegment.ofArray(new byte[4 * values.length]);
        MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0,
                values.length);
        return segment;
    }
}
