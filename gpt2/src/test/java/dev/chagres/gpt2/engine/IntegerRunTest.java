package dev.chagres.gpt2.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.Gpt2Spec;
import dev.chagres.gpt2.graph.Sequence;
import dev.chagres.gpt2.key.ModelKeyData;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.model.Trace;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.graph.Operation;
import dev.chagres.prove.IntegerRun;
import dev.chagres.prove.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void everyTensorEqualsTheInterpreter() {
        IntegerModel model = fixture.model();
        int[] ids = randomIds(model, 140, 1);
        Trace trace = new ReferenceInference(model).trace(ids);
        Gpt2Graph compiled = Gpt2Graph.inference(Gpt2Spec.of(model), ids.length);
        try (ModelKeyData key = new ModelKeyData(model); Witness witness = new Witness(compiled.graph(), key::of)) {
            IntegerRun run = new IntegerRun(compiled.graph(), witness, ids, 2);
            // A long first part and single rows, as in generation.
            run.rows(0, 131);
            for (int t = 131; t < 137; t++) {
                run.rows(t, t + 1);
            }
            run.rows(137, ids.length);
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
        try (ModelKeyData key = new ModelKeyData(model)) {
            int[] ids = new Generator(Gpt2Spec.of(model), key, 2).generate(prompt, 12, id -> { });
            assertThat(Arrays.copyOfRange(ids, prompt.length, ids.length)).isEqualTo(expected);
            Sequence sequence = new Sequence(ids, prompt.length);
            assertThat(sequence.rows()).isEqualTo(31);
        }
    }

    private static int[] randomIds(IntegerModel model, int n, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return random.ints(n, 0, model.shape().vocab()).toArray();
    }

    /// Compares an activation column with a trace tensor, channel by channel.
    ///
    /// @param group real channels of a group that is padded by itself, 0 when only the end is padded
    private static void compare(Gpt2Graph compiled, Witness witness, Trace trace, String column, String tensor, int group) {
        Column c = compiled.graph().operations().stream().map(Operation::columns).flatMap(java.util.List::stream)
                .filter(x -> x.name().equals(column)).findFirst().orElseThrow();
        IntTensor data = witness.of(c);
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
