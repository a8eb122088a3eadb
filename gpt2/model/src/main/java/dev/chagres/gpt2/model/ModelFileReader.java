package dev.chagres.gpt2.model;

import dev.chagres.gpt2.model.ModelFile.Section;
import dev.chagres.gpt2.weights.FileKind;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.prove.file.ContentDigest;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.semantics.Interval;
import dev.chagres.tokenizer.TokenizerInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads a `.cgm` container from one segment. Every length is checked against the file before anything of that
/// length is touched or allocated; a file is accepted only in the one form the writer produces.
final class ModelFileReader {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// No META section is longer.
    private static final long MAX_META = (1 << 20) + TokenizerInfo.MAX_ENCODED_BYTES;

    /// Bytes of META between the positions and the name.
    private static final int META_NUMBERS = 4 + 12 + 8 + 8 + 8 + 20 + 8 + 8 + LinearMeta.BYTES;

    /// Place of the gate among the matrices of a layer.
    private static final int GATE = 4;

    private final Path file;
    private final MemorySegment bytes;
    private long at;
    private int sections;

    private ModelFileReader(Path file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    /// @throws FileFormatException naming the file and the cause
    static IntegerModel read(Path file, MemorySegment bytes) {
        ModelFileReader reader = new ModelFileReader(file, bytes);
        try {
            return reader.read();
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(file, e.getMessage(), e);
        }
    }

    private IntegerModel read() {
        if (bytes.byteSize() > 0 && (bytes.byteSize() < 8 || bytes.get(LONG, 0) != ModelFile.MAGIC)) {
            FileKind.of(bytes).ifPresent(kind -> {
                throw bad("not an integer model: it " + kind);
            });
        }
        if (bytes.byteSize() < ModelFile.HEADER_BYTES) {
            throw bad("truncated: " + bytes.byteSize() + " bytes, a header has " + ModelFile.HEADER_BYTES);
        }
        if (bytes.get(LONG, 0) != ModelFile.MAGIC) {
            throw bad("not a Chagres model: wrong magic");
        }
        if (bytes.get(INT, 8) != ModelFile.VERSION) {
            throw bad("version " + bytes.get(INT, 8) + ", but this program reads version " + ModelFile.VERSION
                    + "; run quantize again");
        }
        long length = bytes.get(LONG, 16);
        if (length != bytes.byteSize()) {
            throw bad((length > bytes.byteSize() ? "truncated: " : "trailing bytes: ") + bytes.byteSize()
                    + " bytes, its header says " + length);
        }
        requireZero(ModelFile.HEADER_END, ModelFile.HEADER_BYTES, "header");
        byte[] digest = bytes.asSlice(ModelFile.DIGEST_AT, ContentDigest.BYTES).toArray(ValueLayout.JAVA_BYTE);
        if (!Arrays.equals(ContentDigest.of(bytes.asSlice(ModelFile.HEADER_BYTES)), digest)) {
            throw bad("the content does not have the digest that the header states, so the file is damaged;"
                    + " run quantize again");
        }
        at = ModelFile.HEADER_BYTES;
        IntegerModel model = body(meta(section("META", ModelFile.NO_LAYER, -1)));
        if (bytes.get(INT, 12) != sections) {
            throw bad(bytes.get(INT, 12) + " sections, not " + sections);
        }
        if (at != bytes.byteSize()) {
            throw bad((bytes.byteSize() - at) + " bytes after the last section");
        }
        return model;
    }

    private IntegerModel body(Meta meta) {
        ModelShape shape = meta.shape;
        int d = shape.width();
        int none = ModelFile.NO_LAYER;
        int[] rsqrt = ints("RSQR", none, 4L * 49152);
        int[] eps = ints("EPST", none, 4L * 16);
        int[] exp = ints("EXPT", none, -1);
        boolean rotary = meta.rotation.isPresent();
        int bits = rotary ? 16 : 32;
        MemorySegment entries = section("EMBE", none, IntegerEmbedding.bytes(bits, (long) shape.vocab() * d));
        IntegerEmbedding embedding = new IntegerEmbedding(
                entries, bits, rotary ? meta.rotation.get().embeddingShift : 0);
        Optional<MemorySegment> positions = rotary ? Optional.empty()
                : Optional.of(section("POSI", none, 4L * shape.context() * d));
        Optional<RotationTables> rotation = meta.rotation.map(r -> {
            long length = 2L * shape.context() * (shape.headWidth() / 2);
            return new RotationTables(r.scaleBits, r.fractionBits, section("COSI", none, length),
                    section("SINE", none, length));
        });
        List<IntegerLayer> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            layers.add(layer(shape, l));
        }
        IntegerLinear head = linear("HED", none, meta.head, shape.vocab(), d);
        Optional<StreamMap> streamMap = streamMap(d);
        return new IntegerModel(
                meta.name,
                meta.tokenizer,
                shape,
                meta.residualFractionBits,
                new NormTables(meta.normFractionBits, meta.normShift, meta.epsilon, rsqrt, eps, meta.normBound),
                new SoftmaxTables(meta.expBits, meta.softmaxUnit, exp, meta.rMax),
                meta.reach,
                meta.qkBound,
                meta.vBound,
                meta.hiddenBound,
                meta.oBound,
                meta.scoreBound,
                embedding,
                positions,
                rotation,
                layers,
                head,
                meta.logitUnit,
                streamMap);
    }

    private IntegerLayer layer(ModelShape shape, int l) {
        ByteBuffer b = section("LAYR", l, -1).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int kind = b.remaining() < Integer.BYTES ? -1 : b.getInt();
        if (kind != ModelFile.PLAIN && kind != ModelFile.GATED) {
            throw bad("layer " + l + " has an MLP of no known kind");
        }
        boolean gated = kind == ModelFile.GATED;
        int expected = (gated ? 7 : 6) * LinearMeta.BYTES + (gated ? 2 : 1) * 4 + 2 * 8;
        if (b.remaining() != expected) {
            throw bad("layer section with " + b.remaining() + " bytes after its kind, not " + expected);
        }
        LinearMeta[] metas = new LinearMeta[7];
        for (int i = 0; i < metas.length; i++) {
            metas[i] = i == GATE && !gated ? null : LinearMeta.read(b);
        }
        int base = b.getInt();
        int productShift = gated ? b.getInt() : 0;
        double inputUnit = unit(b);
        double outputUnit = unit(b);
        int d = shape.width();
        int f = shape.mlpWidth();
        IntegerLinear query = linear("QRY", l, metas[0], shape.attentionWidth(), d);
        IntegerLinear key = linear("KEY", l, metas[1], shape.keyWidth(), d);
        IntegerLinear value = linear("VAL", l, metas[2], shape.keyWidth(), d);
        IntegerLinear output = linear("OUT", l, metas[3], d, shape.attentionWidth());
        IntegerMlp mlp;
        if (gated) {
            IntegerLinear gate = linear("GAT", l, metas[GATE], f, d);
            IntegerLinear up = linear("UPP", l, metas[5], f, d);
            mlp = new IntegerMlp.Gated(gate, up, base, ints("ACTV", l, -1), productShift, inputUnit, outputUnit);
        } else {
            IntegerLinear up = linear("UPP", l, metas[5], f, d);
            mlp = new IntegerMlp.Plain(up, base, ints("ACTV", l, -1), inputUnit, outputUnit);
        }
        return new IntegerLayer(query, key, value, output, mlp, linear("DWN", l, metas[6], d, f));
    }

    private Optional<StreamMap> streamMap(int width) {
        ByteBuffer b = section("BASI", ModelFile.NO_LAYER, -1).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        if (!b.hasRemaining()) {
            return Optional.empty();
        }
        int centred = b.remaining() < 8 ? -1 : b.getInt();
        int count = centred < 0 ? 0 : b.getInt();
        if (centred < 0 || centred > 1 || count < 0 || count > width
                || b.remaining() != (long) count * width * Double.BYTES) {
            throw bad("BASI section does not hold reflections of " + width + " numbers");
        }
        List<double[]> reflections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double[] w = new double[width];
            for (int c = 0; c < width; c++) {
                w[c] = b.getDouble();
                if (!(Math.abs(w[c]) <= 1)) {
                    throw bad("a reflection in section BASI has the entry " + w[c] + ", not one of a unit vector");
                }
            }
            reflections.add(w);
        }
        return Optional.of(new StreamMap(centred == 1, reflections));
    }

    /// What META says of a rotation.
    private record Rotation(int scaleBits, int fractionBits, int embeddingShift) {}

    private record LinearMeta(int shift, Interval acc, Interval u) {
        static final int BYTES = 36;

        static LinearMeta read(ByteBuffer b) {
            return new LinearMeta(b.getInt(), new Interval(b.getLong(), b.getLong()),
                    new Interval(b.getLong(), b.getLong()));
        }
    }

    private record Meta(
            ModelShape shape,
            Optional<Rotation> rotation,
            int residualFractionBits,
            int normFractionBits,
            int normShift,
            int normBound,
            double epsilon,
            int expBits,
            int rMax,
            double softmaxUnit,
            int reach,
            int qkBound,
            int vBound,
            int hiddenBound,
            int oBound,
            long scoreBound,
            double logitUnit,
            LinearMeta head,
            String name,
            TokenizerInfo tokenizer) {}

    private Meta meta(MemorySegment section) {
        if (section.byteSize() > MAX_META) {
            throw bad("META section of " + section.byteSize() + " bytes");
        }
        ByteBuffer b = section.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        need(b, 9 * 4);
        int[] sizes = ints(b, 8);
        int ends = b.getInt();
        if (ends < 0 || ends > ModelShape.MAX_ENDS) {
            throw bad(ends + " ids that end a text, at most " + ModelShape.MAX_ENDS);
        }
        need(b, 4 * ends + 4);
        List<Integer> endOfText = Arrays.stream(ints(b, ends)).boxed().toList();
        ModelShape shape = new ModelShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6],
                sizes[7], endOfText);
        int kind = b.getInt();
        if (kind != ModelFile.LEARNED && kind != ModelFile.ROTARY) {
            throw bad("positions of no known kind");
        }
        need(b, kind * 3 * 4 + META_NUMBERS);
        Optional<Rotation> rotation = kind == ModelFile.LEARNED ? Optional.empty()
                : Optional.of(new Rotation(b.getInt(), b.getInt(), b.getInt()));
        Meta meta = new Meta(
                shape,
                rotation,
                b.getInt(),
                b.getInt(),
                b.getInt(),
                b.getInt(),
                unit(b),
                b.getInt(),
                b.getInt(),
                unit(b),
                b.getInt(),
                b.getInt(),
                b.getInt(),
                b.getInt(),
                b.getInt(),
                b.getLong(),
                unit(b),
                LinearMeta.read(b),
                text(b),
                tokenizer(b));
        if (b.hasRemaining()) {
            throw bad("META section has " + b.remaining() + " trailing bytes");
        }
        return meta;
    }

    private TokenizerInfo tokenizer(ByteBuffer b) {
        need(b, Integer.BYTES);
        int length = b.getInt();
        if (length < 0 || length > b.remaining()) {
            throw bad("a tokenizer of " + length + " bytes");
        }
        byte[] encoded = new byte[length];
        b.get(encoded);
        return TokenizerInfo.decode(encoded);
    }

    private String text(ByteBuffer b) {
        need(b, 1);
        int length = b.get() & 0xff;
        need(b, length);
        byte[] text = new byte[length];
        b.get(text);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FileFormatException(file, "a text in META is not UTF-8", e);
        }
    }

    private void need(ByteBuffer b, int count) {
        if (b.remaining() < count) {
            throw bad("META section is truncated");
        }
    }

    private static int[] ints(ByteBuffer b, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = b.getInt();
        }
        return values;
    }

    private double unit(ByteBuffer b) {
        double value = b.getDouble();
        if (!(value > 0) || Double.isInfinite(value)) {
            throw bad("a unit is " + value);
        }
        return value;
    }

    private IntegerLinear linear(String suffix, int layer, LinearMeta meta, int outputs, int inputs) {
        MemorySegment weights = section("W" + suffix, layer, 2L * outputs * inputs);
        return new IntegerLinear(
                weights, outputs, inputs, ints("B" + suffix, layer, 4L * outputs), meta.shift, meta.acc,
                meta.u);
    }

    private int[] ints(String tag, int layer, long expectedBytes) {
        MemorySegment section = section(tag, layer, expectedBytes);
        if (section.byteSize() % 4 != 0 || section.byteSize() > 1L << 27) {
            throw bad("a table of " + section.byteSize() + " bytes");
        }
        int[] values = new int[(int) (section.byteSize() / 4)];
        MemorySegment.copy(section, INT, 0, values, 0, values.length);
        return values;
    }

    /// The payload of the next section.
    ///
    /// @param expectedBytes its length, -1 if the section itself says
    private MemorySegment section(String tag, int layer, long expectedBytes) {
        Section section = new Section(tag, layer);
        sections++;
        if (bytes.byteSize() - at < ModelFile.HEADER_BYTES) {
            throw bad("truncated before section " + section);
        }
        if (bytes.get(INT, at) != section.tag() || bytes.get(INT, at + 4) != section.layer()) {
            throw bad("section " + section + " is missing at byte " + at);
        }
        long length = bytes.get(LONG, at + 8);
        requireZero(at + 16, at + ModelFile.HEADER_BYTES, "header of section " + section);
        long start = at + ModelFile.HEADER_BYTES;
        if (length < 0 || length > bytes.byteSize() - start || ModelFile.padded(length) > bytes.byteSize() - start) {
            throw bad("section " + section + " of " + length + " bytes is longer than the file");
        }
        if (expectedBytes >= 0 && length != expectedBytes) {
            throw bad("section " + section + " has " + length + " bytes, not " + expectedBytes);
        }
        requireZero(start + length, start + ModelFile.padded(length), "padding of section " + section);
        at = start + ModelFile.padded(length);
        return bytes.asSlice(start, length);
    }

    private void requireZero(long from, long to, String what) {
        for (long i = from; i < to; i++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, i) != 0) {
                throw bad(what + " is not zero at byte " + i);
            }
        }
    }

    private FileFormatException bad(String cause) {
        return new FileFormatException(file, cause);
    }
}
