package dev.chagres.gpt2.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.DenseMatrix;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FloatModelTest {
    private static final long SEED = 5;

    private BundledModel demo;
    private FloatModel model;
    private int[] text;

    @BeforeAll
    void open() {
        demo = BundledModel.open();
        model = new FloatModel(demo.weights());
        text = demo.tokenizer().encode(BundledModel.validationText());
    }

    @AfterAll
    void close() {
        demo.close();
    }

    /// Greedy decoding token by token equals the argmax of full passes, ids and logits to the last bit.
    @Test
    void incrementalDecodingEqualsFullPasses() {
        int[] prompt = Arrays.copyOf(text, 20);
        int[] generated = model.generate(prompt, 25);
        int[] all = Arrays.copyOf(prompt, 45);
        System.arraycopy(generated, 0, all, 20, 25);
        double[][] full = model.logits(all);
        for (int t = 19; t < 44; t++) {
            assertThat(FloatModel.argmax(full[t])).as("position %d", t).isEqualTo(all[t + 1]);
            double[][] prefix = model.logits(Arrays.copyOf(all, t + 1));
            assertThat(prefix[t]).as("position %d", t).isEqualTo(full[t]);
        }
    }

    @Test
    void chunkedForwardEqualsLogits() {
        int[] ids = Arrays.copyOf(text, 50);
        double[][] all = model.logits(ids);
        int[] next = {31};
        model.forward(ids, ActivationObserver.NONE, 31, (position, row) -> {
            assertThat(position).isEqualTo(next[0]++);
            assertThat(row).isEqualTo(all[position]);
        });
        assertThat(next[0]).isEqualTo(50);
    }

    @Test
    void fitsTheWholeContextAndNoMore() {
        int context = model.architecture().context();
        assertThat(model.generate(Arrays.copyOf(text, context), 1)).hasSize(1);
        assertThat(model.negativeLogLikelihood(Arrays.copyOf(text, context + 1))).isBetween(100.0, 400.0);
        assertThatThrownBy(() -> model.generate(Arrays.copyOf(text, context), 2))
                .hasMessage("128 prompt tokens and 2 new ones do not fit the context of 128");
        assertThatThrownBy(() -> model.logits(Arrays.copyOf(text, context + 1)))
                .hasMessage("129 tokens, need 1 .. 128");
        assertThatThrownBy(() -> model.logits(new int[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.logits(new int[] {3, 65})).hasMessage("token 1 is 65, the vocabulary has 65");
        assertThatThrownBy(() -> model.negativeLogLikelihood(new int[] {3}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> model.negativeLogLikelihood(new int[] {3, -1})).hasMessageContaining("token 1 is -1");
    }

    /// The identities of the architecture hold between what the observer is shown.
    @Test
    void observedActivationsAreConsistent() {
        int[] ids = Arrays.copyOf(text, 12);
        int rows = ids.length;
        Map<ActivationSite, double[]> seen = new EnumMap<>(ActivationSite.class);
        int[] calls = new int[1];
        model.hidden(ids, (site, layer, head, values, observedRows, columns) -> {
            calls[0]++;
            assertThat(observedRows).isEqualTo(rows);
            if (site == ActivationSite.RESIDUAL_IN && layer > 0) {
                assertThat(values).isEqualTo(seen.get(ActivationSite.RESIDUAL_OUT));
            }
            if (site == ActivationSite.RESIDUAL_MIDDLE) {
                assertSum(values, seen.get(ActivationSite.RESIDUAL_IN), seen.get(ActivationSite.ATTENTION_OUT));
            }
            if (site == ActivationSite.RESIDUAL_OUT) {
                assertSum(values, seen.get(ActivationSite.RESIDUAL_MIDDLE), seen.get(ActivationSite.MLP_OUT));
            }
            if (site == ActivationSite.ATTENTION_LOGITS) {
                double[] q = seen.get(ActivationSite.QUERY);
                double[] k = seen.get(ActivationSite.KEY);
                double dot = 0;
                for (int c = head * 32; c < head * 32 + 32; c++) {
                    dot += q[7 * 128 + c] * k[3 * 128 + c];
                }
                assertThat(values[7 * rows + 3]).isCloseTo(dot / Math.sqrt(32), within(1e-12));
                assertThat(values[3 * rows + 7]).isEqualTo(Double.NEGATIVE_INFINITY);
            }
            if (site == ActivationSite.ATTENTION_WEIGHTS) {
                for (int t = 0; t < rows; t++) {
                    assertThat(Arrays.stream(values, t * rows, t * rows + t + 1).sum()).isCloseTo(1, within(1e-12));
                    assertThat(Arrays.stream(values, t * rows + t + 1, (t + 1) * rows).sum()).isZero();
                }
            }
            if (site == ActivationSite.MLP_PRE_ACTIVATION) {
                assertThat(columns).isEqualTo(512);
            }
            seen.put(site, values.clone());
        });
        // 13 sites per block once, two more for each of 4 heads, and the final norm.
        assertThat(calls[0]).isEqualTo(4 * (13 + 2 * 4) + 1);
    }

    @Test
    void stopsAfterTheEndOfText(@TempDir Path folder) throws Exception {
        BundledModel.extractTo(folder);
        int[] prompt = demo.tokenizer().encode("ROMEO:\n");
        int[] free = model.generate(prompt, 10);
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\\{", "{\"eos_token_id\": " + free[4] + ","));
        try (ModelWeights weights = ModelWeights.open(folder)) {
            int first = 0;
            while (free[first] != free[4]) {
                first++;
            }
            assertThat(new FloatModel(weights).generate(prompt, 10)).isEqualTo(Arrays.copyOf(free, first + 1));
        }
    }

    /// Large matrices take the blocked, threaded and single-row paths; all must agree with a naive sum, bit for bit.
    @Test
    void matrixProductsEqualNaiveSums() {
        Random random = new Random(SEED);
        for (int[] shape
                : new int[][] {{1, 1, 1}, {1, 70, 513}, {3, 63, 255}, {40, 257, 600}, {2, 64, 256}, {5, 130, 3}}) {
            int rows = shape[0];
            int in = shape[1];
            int out = shape[2];
            double[] x = random.doubles((long) rows * in, -1, 1).toArray();
            float[] w = new float[in * out];
            float[] bias = new float[out + 2];
            for (int o = 0; o < out; o++) {
                bias[o + 2] = random.nextFloat();
                for (int i = 0; i < in; i++) {
                    w[o * in + i] = random.nextFloat() - 0.5f;
                }
            }
            double[] expected = new double[rows * out];
            for (int t = 0; t < rows; t++) {
                for (int o = 0; o < out; o++) {
                    double sum = bias[o + 2];
                    for (int i = 0; i < in; i++) {
                        sum += x[t * in + i] * w[o * in + i];
                    }
                    expected[t * out + o] = sum;
                }
            }
            String name = Arrays.toString(shape) + " seed " + SEED;
            assertThat(FloatLinear.multiply(
                    x, rows, new DenseMatrix(w, Arrays.copyOfRange(bias, 2, out + 2), out, in))).as(name)
                    .isEqualTo(expected);
            double[] wide = new double[rows * (out + 3)];
            FloatLinear.multiply(x, rows, in, w, out, bias, 2, wide, out + 3, 1);
            for (int t = 0; t < rows; t++) {
                assertThat(Arrays.copyOfRange(wide, t * (out + 3) + 1, t * (out + 3) + 1 + out))
                        .as(name).isEqualTo(Arrays.copyOfRange(expected, t * out, (t + 1) * out));
                assertThat(wide[t * (out + 3)]).isZero();
            }
        }
    }

    /// A vocabulary above the head's chunk, a wide head: chunk borders must not show.
    @Test
    void chunkedHeadEqualsDotProducts(@TempDir Path folder) throws Exception {
        Architecture config = SyntheticModel.shape("1x2x16x5003x32");
        SyntheticModel.write(folder, config, SEED);
        try (ModelWeights weights = ModelWeights.open(folder)) {
            FloatModel synthetic = new FloatModel(weights);
            int[] ids = new Random(SEED).ints(20, 0, config.vocabulary()).toArray();
            double[] normed = synthetic.hidden(ids, ActivationObserver.NONE);
            double[][] logits = synthetic.logits(ids);
            float[] head = weights.headRows(0, config.vocabulary());
            for (int v = 0; v < config.vocabulary(); v++) {
                double dot = 0;
                for (int c = 0; c < 16; c++) {
                    dot += normed[19 * 16 + c] * head[v * 16 + c];
                }
                assertThat(logits[19][v]).as("token %d", v).isEqualTo(dot);
            }
        }
    }

    private static void assertSum(double[] sum, double[] a, double[] b) {
        for (int i = 0; i < sum.length; i++) {
            assertThat(sum[i]).isEqualTo(a[i] + b[i]);
        }
    }
}
