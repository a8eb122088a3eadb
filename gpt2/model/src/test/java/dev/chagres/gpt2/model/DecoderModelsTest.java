package dev.chagres.gpt2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.Interval;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files, bounds and descriptions of models with rotations, shared heads of keys, gates and wide writes.
class DecoderModelsTest {
    private static final Path NAME = Path.of("model.cgm");

    @TempDir
    static Path folder;

    private static SyntheticFixture fixture;
    /// Rotary, gated, two heads for one of keys, wide writes.
    private static IntegerModel llama;

    @BeforeAll
    static void quantise() throws IOException {
        fixture = new SyntheticFixture("2x4x24x33x40", 7, Files.createDirectory(folder.resolve("float")));
        llama = model(2, true, 9, 9);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static IntegerModel model(int keyHeads, boolean rotary, int gate, int write) {
        return Decoders.of(fixture.model(), new Decoders.Kind(keyHeads, rotary, gate, write, 6, 1), 5);
    }

    @Test
    void everyModelIsItsFile() throws IOException {
        List<IntegerModel> models = new ArrayList<>();
        for (boolean rotary : new boolean[] {false, true}) {
            for (int gate : new int[] {0, 12}) {
                models.add(model(rotary ? 1 : 4, rotary, gate, gate == 0 ? 3 : 10));
            }
        }
        models.add(ModelEdits.withShape(llama, SpecEdits.withTokens(llama.shape(), 33, 40, List.of(0, 5, 32))));
        for (IntegerModel written : models) {
            IntegerModelFile.write(written, folder.resolve(NAME));
            byte[] bytes = Files.readAllBytes(folder.resolve(NAME));
            IntegerModel read = IntegerModelFile.read(NAME, MemorySegment.ofArray(bytes));
            assertThat(read.shape()).isEqualTo(written.shape());
            IntervalCheck.check(read);
            DecoderSpec spec = PublicSpec.of(read);
            assertThat(spec).isEqualTo(PublicSpec.of(written));
            assertThat(DecoderSpec.decode(spec.encode())).isEqualTo(spec);
            int[] ids = new SplittableRandom(1).ints(9, 0, 33).toArray();
            assertThat(new ReferenceInference(read).logits(ids))
                    .isDeepEqualTo(new ReferenceInference(written).logits(ids));
            IntegerModelFile.write(read, folder.resolve("again.cgm"));
            assertThat(Files.readAllBytes(folder.resolve("again.cgm"))).isEqualTo(bytes);
        }
    }

    /// Behind the digest, a flipped bit of a header is another model or an error of the file, never another exception.
    @Test
    void flippedBitsNeverSurprise() throws IOException {
        IntegerModelFile.write(llama, folder.resolve("flip.cgm"));
        byte[] bytes = Files.readAllBytes(folder.resolve("flip.cgm"));
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 400; i++) {
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(64, 600)] ^= (byte) (1 << random.nextInt(8));
            byte[] sealed = ModelFileSeal.sealed(flipped);
            try {
                IntegerModelFile.write(IntegerModelFile.read(NAME, MemorySegment.ofArray(sealed)),
                        folder.resolve("flipped.cgm"));
                assertThat(Files.readAllBytes(folder.resolve("flipped.cgm"))).isEqualTo(sealed);
            } catch (FileFormatException e) {
                assertThat(e).hasMessageStartingWith(NAME + ": ");
            }
        }
    }

    @Test
    void anglesKeepTheLengthOfAPair() {
        RotationTables r = llama.rotation().orElseThrow();
        MemorySegment longer = Arena.ofAuto().allocate(r.cos().byteSize(), 64).copyFrom(r.cos());
        longer.set(RotationTables.ENTRY, 14, (short) ((1 << r.scaleBits()) + 2));
        refused(ModelEdits.withNumbers(llama,
                Optional.of(new RotationTables(r.scaleBits(), r.fractionBits(), longer, r.sin())), llama.reach(),
                llama.hiddenBound()), "rotation: entry 7");
    }

    /// With 19 bits of y an angle of 13 passes the limit.
    @Test
    void rotatedValuesStayBelowTheLimit() {
        IntegerModel wide = llama;
        for (int l = 0; l < 2; l++) {
            wide = ModelEdits.withLayer(wide, l, y -> new IntegerLayer(stated(y.query(), 11, y.query().acc().hi()),
                    stated(y.key(), 11, y.key().acc().hi()), y.value(), y.output(), y.mlp(), y.down()));
        }
        RotationTables r = llama.rotation().orElseThrow();
        refused(ModelEdits.withNumbers(wide, Optional.of(new RotationTables(13, 3, r.cos(), r.sin())), llama.reach(),
                llama.hiddenBound()), "rotation: a rotated value can reach");
        layer(l -> ModelEdits.withQuery(l, stated(l.query(), 11, l.query().acc().hi())),
                "layer 0 query, key: a projection of 19 bits and a shift of 13 have more than 30 bits");
    }

    @Test
    void theReachHoldsTheSupport() {
        int support = llama.softmax().support();
        refused(ModelEdits.withNumbers(llama, llama.rotation(), support - 1, llama.hiddenBound()),
                "attention: a reach of " + (support - 1));
        refused(ModelEdits.withNumbers(llama, llama.rotation(),
                Math.toIntExact(PublicSpec.maskOffset(llama) + 1), llama.hiddenBound()), "attention: a reach of");
        IntervalCheck.check(ModelEdits.withNumbers(llama, llama.rotation(), support, llama.hiddenBound()));
    }

    @Test
    void hiddenValuesHaveABoundWhereThereIsAGate() {
        refused(ModelEdits.withNumbers(llama, llama.rotation(), llama.reach(), 0), "mlp: the bound of hidden values is 0");
        refused(ModelEdits.withNumbers(llama, llama.rotation(), llama.reach(), 1 << 15),
                "mlp: the bound of hidden values is 32768");
        refused(ModelEdits.withNumbers(fixture.model(), Optional.empty(), fixture.model().reach(), 100),
                "mlp: the bound of hidden values is 100 though no layer has a gate");
    }

    @Test
    void gatesKeepTheirBounds() {
        gate(g -> new IntegerMlp.Gated(g.gate(), stated(g.up(), 8, g.up().acc().hi()), g.base(), g.table(),
                g.productShift(), 1, 1), "layer 1 gate, up: shifts 9 and 8, not one up to 14");
        gate(g -> new IntegerMlp.Gated(g.gate(), stated(g.up(), 9, 1 << 24), g.base(), g.table(),
                g.productShift(), 1, 1), "layer 1 up: a factor can reach 32768, limit 2^15 - 1");
        gate(g -> new IntegerMlp.Gated(g.gate(), g.up(), g.base(), g.table(), 3, 1, 1),
                "layer 1 gate: shift 3 of a product is not in 4..16");
        for (int entry : new int[] {1 << 14, -(1 << 14) - 1}) {
            gate(g -> {
                int[] table = g.table().clone();
                table[9] = entry;
                return new IntegerMlp.Gated(g.gate(), g.up(), g.base(), table, g.productShift(), 1, 1);
            }, "layer 1 activation: entries in");
        }
        gate(g -> new IntegerMlp.Gated(g.gate(), g.up(), g.base() + 1, g.table(), g.productShift(), 1, 1),
                "layer 1 activation: covers");
    }

    @Test
    void embeddingsOfSixteenBitsAreSymmetric() {
        IntegerEmbedding e = llama.embedding();
        MemorySegment entries = Arena.ofAuto().allocate(e.entries().byteSize(), 64).copyFrom(e.entries());
        entries.set(IntegerEmbedding.NARROW, 20, Short.MIN_VALUE);
        refused(ModelEdits.withEmbedding(llama, entries), "embedding: an entry is -32768");
        assertThatThrownBy(() -> new IntegerEmbedding(entries, 16, 12)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IntegerEmbedding(entries, 32, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    /// A run that is within the reach of every score is the same with the least reach that allows it, and no run with
    /// less.
    @Test
    void theReachOnlyRefuses() {
        int[] ids = new SplittableRandom(3).ints(20, 0, 33).toArray();
        long[][] logits = new ReferenceInference(llama).logits(ids);
        int low = llama.softmax().support();
        int high = llama.reach();
        while (low < high) {
            int middle = (low + high) / 2;
            if (runs(middle, ids)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        IntegerModel least = ModelEdits.withNumbers(llama, llama.rotation(), low, llama.hiddenBound());
        assertThat(new ReferenceInference(least).logits(ids)).isDeepEqualTo(logits);
    }

    private static boolean runs(int reach, int[] ids) {
        try {
            new ReferenceInference(ModelEdits.withNumbers(llama, llama.rotation(), reach, llama.hiddenBound()))
                    .logits(ids);
            return true;
        } catch (DomainException e) {
            assertThat(e).hasMessageContaining("beyond the reach of " + reach);
            return false;
        }
    }

    private static IntegerLinear stated(IntegerLinear l, int shift, long bound) {
        return new IntegerLinear(l.weights(), l.outputs(), l.inputs(), l.bias(), shift, Interval.symmetric(bound));
    }

    private static void gate(UnaryOperator<IntegerMlp.Gated> edit, String message) {
        layer(l -> ModelEdits.withMlp(l, edit.apply((IntegerMlp.Gated) l.mlp())), message);
    }

    private static void layer(UnaryOperator<IntegerLayer> edit, String message) {
        refused(ModelEdits.withLayer(llama, 1, edit), message);
    }

    private static void refused(IntegerModel model, String message) {
        assertThatThrownBy(() -> IntervalCheck.check(model)).isInstanceOf(IntervalCheckException.class)
                .hasMessageContaining(message);
    }
}
