package dev.chagres.gpt2.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.weights.Json;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SafetensorsFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The float model against activations and logits computed by other programs.
class FloatModelReferenceTest {
    private static final int[] NO_IDS = {};

    @Test
    void tinyShakespeareLogitsAndGreedyContinuations() {
        Path folder = TestData.path("models/tinyshakespeare-char-0.8m");
        JsonNode cases = Json.read(folder.resolve("reference.json"));
        try (ModelWeights weights = ModelWeights.open(folder);
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("reference_logits.safetensors"))) {
            FloatModel model = new FloatModel(weights);
            String[] names = {"logits_0", "logits_1", "logits_2", "logits_val128"};
            for (int i = 0; i < names.length; i++) {
                int[] ids = ints(cases.get(i).get("ids"));
                assertThat(largestDifference(model.logits(ids), expected.read(names[i]))).as(names[i]).isLessThan(5e-6);
                int[] greedy = cases.get(i).has("greedy60") ? ints(cases.get(i).get("greedy60")) : NO_IDS;
                assertThat(model.generate(ids, greedy.length)).as(names[i]).isEqualTo(greedy);
            }
        }
    }

    @Test
    void likelihoodFollowsFromTheReferenceLogits() {
        Path folder = TestData.path("models/tinyshakespeare-char-0.8m");
        JsonNode window = Json.read(folder.resolve("reference.json")).get(3);
        int[] ids = ints(window.get("ids"));
        int[] targets = ints(window.get("targets"));
        try (ModelWeights weights = ModelWeights.open(folder);
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("reference_logits.safetensors"))) {
            float[] logits = expected.read("logits_val128");
            double nats = 0;
            for (int t = 0; t < ids.length; t++) {
                double sum = 0;
                for (int v = 0; v < 65; v++) {
                    sum += Math.exp(logits[t * 65 + v]);
                }
                nats += Math.log(sum) - logits[t * 65 + targets[t]];
            }
            int[] text = Arrays.copyOf(ids, ids.length + 1);
            text[ids.length] = targets[ids.length - 1];
            assertThat(new FloatModel(weights).negativeLogLikelihood(text)).isCloseTo(nats, within(1e-4));
        }
    }

    @Test
    void basicModelWithUntiedHeadAndBias() {
        Path folder = TestData.path("models/gpt2-basic-463k");
        try (ModelWeights weights = ModelWeights.open(folder);
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("reference_logits.safetensors"))) {
            int[] ids = ints(expected.read("token_ids"));
            double[][] logits = new FloatModel(weights).logits(ids);
            assertThat(largestDifference(logits, expected.read("logits"))).isLessThan(1e-5);
        }
    }

    @Test
    void sortModelReproducesEveryPublishedActivation() {
        Path folder = TestData.path("models/gpt-nano-sort");
        try (ModelWeights weights = ModelWeights.open(folder);
                SafetensorsFile expected = SafetensorsFile.open(folder.resolve("reference_activations.safetensors"))) {
            FloatModel model = new FloatModel(weights);
            float[] allIds = expected.read("idx");
            for (int sequence = 0; sequence < 3; sequence++) {
                int[] ids = ints(Arrays.copyOfRange(allIds, sequence * 11, (sequence + 1) * 11));
                Map<ActivationSite, double[]> block0 = new EnumMap<>(ActivationSite.class);
                double[][] blockOut = new double[3][];
                double[] weights0 = new double[3 * 11 * 11];
                double[] normed = model.hidden(ids, (site, layer, head, values, rows, columns) -> {
                    assertThat(values).hasSize(rows * columns);
                    if (layer == 0 && head < 0) {
                        block0.put(site, values.clone());
                    }
                    if (layer == 0 && site == ActivationSite.ATTENTION_WEIGHTS) {
                        System.arraycopy(values, 0, weights0, head * 121, 121);
                    }
                    if (site == ActivationSite.RESIDUAL_OUT) {
                        blockOut[layer] = values.clone();
                    }
                });
                check(expected, "x", sequence, block0.get(ActivationSite.RESIDUAL_IN));
                check(expected, "ln1", sequence, block0.get(ActivationSite.LN1));
                check(expected, "q", sequence, byHead(block0.get(ActivationSite.QUERY)));
                check(expected, "k", sequence, byHead(block0.get(ActivationSite.KEY)));
                check(expected, "v", sequence, byHead(block0.get(ActivationSite.VALUE)));
                check(expected, "attSm", sequence, weights0);
                check(expected, "y", sequence, block0.get(ActivationSite.ATTENTION_MIX));
                check(expected, "yProj", sequence, block0.get(ActivationSite.ATTENTION_OUT));
                check(expected, "attnResid", sequence, block0.get(ActivationSite.RESIDUAL_MIDDLE));
                check(expected, "ln2", sequence, block0.get(ActivationSite.LN2));
                check(expected, "fc", sequence, block0.get(ActivationSite.MLP_PRE_ACTIVATION));
                check(expected, "gelu", sequence, block0.get(ActivationSite.MLP_HIDDEN));
                check(expected, "mlp", sequence, block0.get(ActivationSite.MLP_OUT));
                check(expected, "mlpResid", sequence, block0.get(ActivationSite.RESIDUAL_OUT));
                for (int l = 0; l < 3; l++) {
                    check(expected, "block" + l, sequence, blockOut[l]);
                }
                check(expected, "ln_f", sequence, normed);
                double[] logits = Arrays.stream(model.logits(ids)).flatMapToDouble(Arrays::stream).toArray();
                check(expected, "lm_head", sequence, logits);
            }
        }
    }

    private static void check(SafetensorsFile file, String name, int sequence, double[] actual) {
        float[] expected = file.read(name, (long) sequence * actual.length, actual.length);
        double worst = 0;
        for (int i = 0; i < actual.length; i++) {
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst).as("%s of sequence %d", name, sequence).isLessThan(2e-5);
    }

    /// `[11][3 * 16]` to `[3][11][16]`.
    private static double[] byHead(double[] rows) {
        double[] heads = new double[rows.length];
        for (int t = 0; t < 11; t++) {
            for (int h = 0; h < 3; h++) {
                System.arraycopy(rows, t * 48 + h * 16, heads, (h * 11 + t) * 16, 16);
            }
        }
        return heads;
    }

    private static double largestDifference(double[][] actual, float[] expected) {
        assertThat(actual.length * actual[0].length).isEqualTo(expected.length);
        double worst = 0;
        for (int t = 0; t < actual.length; t++) {
            for (int v = 0; v < actual[t].length; v++) {
                worst = Math.max(worst, Math.abs(actual[t][v] - expected[t * actual[t].length + v]));
            }
        }
        return worst;
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        Arrays.setAll(values, i -> array.get(i).intValue());
        return values;
    }

    private static int[] ints(float[] floats) {
        int[] values = new int[floats.length];
        Arrays.setAll(values, i -> (int) floats[i]);
        return values;
    }
}
