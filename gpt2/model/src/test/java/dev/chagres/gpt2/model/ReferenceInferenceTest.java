package dev.chagres.gpt2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.IntegerSemantics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceInferenceTest {
    private static final long SEED = 5;
    private static SyntheticFixture fixture;
    private static IntegerModel model;

    @BeforeAll
    static void quantise(@TempDir Path folder) {
        fixture = new SyntheticFixture("2x4x96x60x64", 9, folder);
        model = fixture.model();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    /// Every relation of the semantics holds between the traced tensors, and every witness is the only one.
    @Test
    void tracedTensorsSatisfyTheSemantics() {
        int[] ids = new Random(SEED).ints(24, 0, 60).toArray();
        Trace trace = new ReferenceInference(model).trace(ids);
        int d = 96;
        for (int t = 0; t < ids.length; t++) {
            for (int l = 0; l < 2; l++) {
                checkNorm(trace, l + ".norm1", trace.row(l + ".x", t), t);
                checkNorm(trace, l + ".norm2", trace.row(l + ".x_mid", t), t);
                checkAttention(trace, l, t);
                IntegerLayer layer = model.layers().get(l);
                long[] u = trace.row(l + ".u", t);
                for (int c = 0; c < u.length; c++) {
                    assertThat(layer.mlp().up().u().contains(u[c])).isTrue();
                    assertThat(trace.row(l + ".g", t)[c]).isEqualTo(layer.mlp().activation(u[c]));
                }
                long[] next = trace.row(l == 1 ? "x" : "1.x", t);
                for (int c = 0; c < d; c++) {
                    assertThat(next[c]).isEqualTo(trace.row(l + ".x", t)[c]
                            + trace.row(l + ".output", t)[c]
                            + trace.row(l + ".down", t)[c]);
                }
            }
            checkNorm(trace, "norm", trace.row("x", t), t);
        }
    }

    private static void checkNorm(Trace trace, String name, long[] x, int t) {
        int e = (int) trace.row(name + ".e", t)[0];
        for (int other = 0; other <= 15; other++) {
            assertThat(IntegerSemantics.exponentAccepted(x, 0, x.length, other)).isEqualTo(other == e);
        }
        long sum = model.norm().eps()[e] + (Arrays.stream(trace.row(name + ".m", t)).map(m -> m * (m + 1)).sum() >> 4);
        assertThat(trace.row(name + ".squares", t)[0]).as("one group of 96 channels").isEqualTo(sum);
        // The normalised row has unit variance up to rounding, in the units of the model.
        double unit = Math.scalb(1.0, -model.norm().fractionBits());
        double squares = Arrays.stream(trace.row(name + ".n", t)).mapToDouble(n -> n * n * unit * unit).sum();
        assertThat(squares / x.length).as(name + " at " + t).isBetween(0.8, 1.01);
    }

    private static void checkAttention(Trace trace, int l, int t) {
        int length = trace.length();
        for (int h = 0; h < 4; h++) {
            long[] scores = Arrays.copyOfRange(trace.row(l + ".scores", t), h * length, h * length + t + 1);
            long[] exp = Arrays.copyOfRange(trace.row(l + ".exp", t), h * length, h * length + t + 1);
            long offset = trace.row(l + ".L", t)[h];
            long sum = 0;
            long sumBefore = 0;
            for (int j = 0; j <= t; j++) {
                long score = 0;
                for (int c = h * 24; c < (h + 1) * 24; c++) {
                    score += trace.row(l + ".q", t)[c] * trace.row(l + ".k", j)[c];
                }
                assertThat(scores[j]).isEqualTo(score);
                assertThat(offset).isGreaterThanOrEqualTo(score);
                assertThat(exp[j]).isEqualTo(model.softmax().exp(offset - score));
                sum += exp[j];
                sumBefore += model.softmax().exp(offset - 1 - score);
            }
            assertThat(sum).isEqualTo(trace.row(l + ".R", t)[h]).isLessThanOrEqualTo(model.softmax().rMax());
            assertThat(sumBefore).isGreaterThan(model.softmax().rMax());
        }
    }

    @Test
    void attentionIsCausal() {
        int[] ids = new Random(SEED).ints(30, 0, 60).toArray();
        long[][] all = new ReferenceInference(model).logits(ids);
        long[][] prefix = new ReferenceInference(model).logits(Arrays.copyOf(ids, 11));
        assertThat(Arrays.copyOf(all, 11)).isDeepEqualTo(prefix);
    }

    @Test
    void greedyContinuationIsTheArgmaxOfOnePassOverTheWhole() {
        int[] prompt = {3, 1, 4, 1, 5};
        ReferenceInference inference = new ReferenceInference(model);
        int[] generated = inference.generate(prompt, 12);
        int[] whole = Arrays.copyOf(prompt, prompt.length + generated.length);
        System.arraycopy(generated, 0, whole, prompt.length, generated.length);
        long[][] logits = inference.logits(whole);
        for (int i = 0; i < generated.length; i++) {
            assertThat(generated[i]).isEqualTo(ReferenceInference.argmax(logits[prompt.length - 1 + i]));
        }
        assertThat(generated).hasSize(12);
        assertThatThrownBy(() -> inference.generate(prompt, 61)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tiesGoToTheSmallestId() {
        assertThat(ReferenceInference.argmax(new long[] {1, 5, -2, 5})).isEqualTo(1);
    }

    @Test
    void leavingTheDomainNamesLayerAndPosition() {
        MemorySegment embedding = Arena.ofAuto().allocate(model.embedding().entries().byteSize(), 64);
        embedding.copyFrom(model.embedding().entries());
        for (int c = 0; c < 96; c++) {
            embedding.set(IntegerModel.ENTRY, 4L * (7 * 96 + c), c == 50 ? (1 << 26) - model.position(2, 50) : 0);
        }
        ReferenceInference inference = new ReferenceInference(ModelEdits.withEmbedding(model, embedding));
        assertThatThrownBy(() -> inference.logits(new int[] {1, 2, 7, 3}))
                .isInstanceOfSatisfying(DomainException.class, e -> {
                    assertThat(e.operation()).isEqualTo("layer 0.norm1");
                    assertThat(e.position()).isEqualTo(2);
                })
                .hasMessageContaining("layer 0.norm1, position 2");
    }

    @Test
    void idsAreChecked() {
        ReferenceInference inference = new ReferenceInference(model);
        assertThatThrownBy(() -> inference.logits(new int[] {60})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inference.logits(new int[] {-1})).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inference.logits(new int[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> inference.logits(new int[65])).isInstanceOf(IllegalArgumentException.class);
    }
}
