package dev.chagres.prove.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.model.Trace;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.model.Circuit;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.FilledKeyData;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The engine against the plain interpreter of the semantics: every intermediate tensor, bit for bit.
class IntegerRunTest {
    @TempDir
    private static Path folder;

    private static SyntheticFixture fixture;

    @BeforeAll
    static void open() {
        // Heads of 24 channels and a width of 72: nothing is a power of two.
        fixture = new SyntheticFixture("2x3x72x50x200", 7, folder);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    /// @param ends where parts of the evaluation end: whole blocks, pieces of blocks and single rows, as in generation
    @ParameterizedTest
    @CsvSource({"1, 140", "2, 140", "3, 131 132 133 134 135 136 137 140", "2, 5 16 17 18 35 100 128 129 140",
        "1, 1 2 4 8 64 127 130 140"})
    void everyTensorEqualsTheInterpreter(int threads, String ends) {
        IntegerModel model = fixture.model();
        int[] ids = randomIds(model, 140, 1);
        Trace trace = new ReferenceInference(model).trace(ids);
        Circuit compiled = PublicSpec.of(model).inference(ids.length);
        try (FilledKeyData key = new FilledKeyData(new ModelKeySource(model));
                Witness witness = new Witness(compiled.graph(), key.of(compiled), TestHosts.of(1).memory());
                IntegerRun run = new IntegerRun(compiled.graph(), witness, ids, TestHosts.of(threads))) {
            int done = 0;
            for (String end : ends.split(" ")) {
                run.rows(done, Integer.parseInt(end));
                done = Integer.parseInt(end);
            }
            for (int l = 0; l < model.shape().layers(); l++) {
                String at = "layer" + l;
                String from = Integer.toString(l);
                compare(compiled, witness, trace, at + ".norm1.m", from + ".norm1.m", 0);
                compare(compiled, witness, trace, at + ".norm1.n", from + ".norm1.n", 0);
                compare(compiled, witness, trace, at + ".query.out", from + ".q", model.shape().headWidth());
                compare(compiled, witness, trace, at + ".key.out", from + ".k", model.shape().headWidth());
                compare(compiled, witness, trace, at + ".value.out", from + ".v", model.shape().headWidth());
                compare(compiled, witness, trace, at + ".attention.out", from + ".o", model.shape().headWidth());
                compare(compiled, witness, trace, at + ".output.x", from + ".x_mid", 0);
                compare(compiled, witness, trace, at + ".norm2.n", from + ".norm2.n", 0);
                String next = l + 1 < model.shape().layers() ? l + 1 + ".x" : "x";
                compare(compiled, witness, trace, at + ".down.x", next, 0);
                compareOffsets(compiled, witness, trace, at, from + ".L");
                compare(compiled, witness, trace, at + ".up.u", from + ".u", 0);
                compare(compiled, witness, trace, at + ".up.out", from + ".g", 0);
            }
            compare(compiled, witness, trace, "head.norm.n", "norm.n", 0);
        }
    }

    @Test
    void generationEqualsTheInterpreter() {
        IntegerModel model = fixture.model();
        int[] prompt = randomIds(model, 20, 2);
        int[] expected = new ReferenceInference(model).generate(prompt, 12);
        try (FilledKeyData key = new FilledKeyData(new ModelKeySource(model))) {
            int[] ids = TestEngines.of(2).generator(PublicSpec.of(model), key).generate(prompt, 12, id -> { });
            assertThat(Arrays.copyOfRange(ids, prompt.length, ids.length)).isEqualTo(expected);
            TokenSequence sequence = new TokenSequence(ids, prompt.length);
            assertThat(sequence.rows()).isEqualTo(31);
        }
    }

    private static int[] randomIds(IntegerModel model, int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.ints(n, 0, model.shape().vocab()).toArray();
    }

    /// The softmax offset L of every row and head.
    private static void compareOffsets(Circuit compiled, Witness witness, Trace trace, String layer, String tensor) {
        HostTensor data = Tensors.of(compiled.graph(), witness).get(layer + ".attention.offset");
        int bits = compiled.rows().bits();
        for (int t = 0; t < trace.length(); t++) {
            long[] expected = trace.row(tensor, t);
            for (int h = 0; h < expected.length; h++) {
                long x = (((long) (t >> bits) * expected.length + h) << bits) + (t & ((1 << bits) - 1));
                assertThat(data.get(x)).as("L of %s, row %d, head %d", layer, t, h).isEqualTo((int) expected[h]);
            }
        }
    }

    /// Compares an activation column with a trace tensor, channel by channel.
    ///
    /// @param group real channels of a group that is padded by itself, 0 when only the end is padded
    private static void compare(Circuit compiled, Witness witness, Trace trace, String column, String tensor,
            int group) {
        Column c = compiled.graph().witnessColumns().stream().filter(x -> x.name().equals(column)).findFirst()
                .orElseThrow();
        HostTensor data = HostTensor.of(witness.of(c));
        Shape shape = c.shape();
        int rowBits = shape.lowAxes().get(0).bits();
        int channelBits = shape.lowAxes().get(1).bits();
        long channels = (long) shape.lowAxes().get(1).count() * shape.highAxes().get(0).count();
        for (int t = 0; t < trace.length(); t++) {
            long[] expected = trace.row(tensor, t);
            for (int i = 0; i < expected.length; i++) {
                int padded = group == 0 ? i : (i / group << channelBits) + i % group;
                long x = (((t >> rowBits) * channels + padded) << rowBits) + (t & ((1 << rowBits) - 1));
                assertThat(data.get(x)).as("%s row %d channel %d", column, t, i).isEqualTo((int) expected[i]);
            }
        }
    }
}
