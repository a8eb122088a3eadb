package dev.chagres.gpt2.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.weights.Json;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SafetensorsFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The float model on two models of the Llama family, against hidden states, logits and continuations of independent
/// programs in double and in single precision.
class LlamaReferenceTest {
    private static final String SMOL = "models/smollm2-135m-instruct/";
    private static final String CHAR = "models/tinyshakespeare-llama-char/";
    private static final double DOUBLE = 1e-9;
    private static final double SINGLE = 5e-4;

    /// Windows of the perplexity test that are scored, of 16 of 256 tokens.
    private static final int WINDOWS = Integer.getInteger("chagres.perplexityWindows", 2);

    /// Prompts that are continued by 32 tokens, of 6.
    private static final int CONTINUED = Integer.getInteger("chagres.continuedPrompts", 2);

    @Test
    void smolLm2HiddenStatesAndLogits() {
        JsonNode prompts = Json.read(TestData.path(SMOL + "reference.json")).get("prompts");
        try (ModelWeights weights = ModelWeights.open(TestData.path(SMOL + "SmolLM2-135M-Instruct.Q4_1.gguf"));
                SafetensorsFile expected =
                        SafetensorsFile.open(TestData.path(SMOL + "reference_logits.safetensors"))) {
            FloatModel model = new FloatModel(weights);
            for (int p = 0; p < prompts.size(); p++) {
                int[] ids = ints(prompts.get(p).get("ids"));
                String prompt = "prompt" + p + ".";
                Map<String, double[]> seen = new HashMap<>();
                model.forward(ids, (site, layer, head, values, rows, columns) -> {
                    double[] last = Arrays.copyOfRange(values, (rows - 1) * columns, rows * columns);
                    switch (site) {
                        case RESIDUAL_IN -> seen.putIfAbsent("embedding", last);
                        case RESIDUAL_OUT -> seen.put("layer" + layer, last);
                        case FINAL_NORM -> seen.put("norm", last);
                        default -> { }
                    }
                }, ids.length - 1, (_, logits) -> seen.put("logits", logits));
                for (String stage : new String[] {"embedding", "layer0", "layer10", "layer20", "layer29", "norm",
                    "logits"}) {
                    near(seen.get(stage), float64(expected, prompt + stage), DOUBLE, prompt + stage);
                }
                near(seen.get("logits"), doubles(expected.read(prompt + "logits_f32")), SINGLE, prompt + "logits_f32");
            }
        }
    }

    @Test
    void smolLm2Continuations() {
        JsonNode prompts = Json.read(TestData.path(SMOL + "reference.json")).get("prompts");
        try (ModelWeights weights = ModelWeights.open(TestData.path(SMOL + "SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            FloatModel model = new FloatModel(weights);
            for (int p = 0; p < CONTINUED; p++) {
                JsonNode prompt = prompts.get(p);
                int[] greedy = ints(prompt.get("greedy32_f64"));
                int stop = 0;
                while (stop < greedy.length - 1 && greedy[stop] != 2) {
                    stop++;
                }
                assertThat(model.generate(ints(prompt.get("ids")), 32)).as(prompt.get("name").stringValue())
                        .isEqualTo(Arrays.copyOf(greedy, stop + 1));
            }
        }
    }

    /// Negative log-likelihood of whole windows of WikiText-2.
    @Test
    void smolLm2Perplexity() {
        JsonNode perplexity = Json.read(TestData.path(SMOL + "perplexity.json"));
        JsonNode run = perplexity.get("runs").get(0);
        int length = run.get("window").intValue();
        int[] text = ints(perplexity.get("ids"));
        try (ModelWeights weights = ModelWeights.open(TestData.path(SMOL + "SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            FloatModel model = new FloatModel(weights);
            for (int w = 0; w < WINDOWS; w++) {
                int[] ids = Arrays.copyOfRange(text, w * length, (w + 1) * length);
                JsonNode best = run.get("argmax_f64").path(Integer.toString(w)).path("ids");
                double[] loss = new double[1];
                int window = w;
                model.forward(ids, ActivationObserver.NONE, 0, (position, logits) -> {
                    if (position + 1 < length) {
                        loss[0] += FloatModel.logSumExp(logits) - logits[ids[position + 1]];
                    }
                    if (!best.isMissingNode()) {
                        assertThat(FloatModel.argmax(logits)).as("window %d position %d", window, position)
                                .isEqualTo(best.get(position).intValue());
                    }
                });
                assertThat(loss[0] / (length - 1)).as("window %d", w)
                        .isCloseTo(run.get("nll_f64").get(w).doubleValue(), within(1e-10));
            }
        }
    }

    @Test
    void characters() {
        JsonNode prompts = Json.read(TestData.path(CHAR + "reference.json")).get("prompts");
        try (ModelWeights weights = ModelWeights.open(TestData.path(CHAR));
                SafetensorsFile expected =
                        SafetensorsFile.open(TestData.path(CHAR + "reference_logits.safetensors"))) {
            FloatModel model = new FloatModel(weights);
            for (int p = 0; p < prompts.size(); p++) {
                int[] ids = ints(prompts.get(p).get("ids"));
                near(flat(model.logits(ids)), doubles(expected.read("prompt" + p + ".logits")), SINGLE, "prompt " + p);
                int[] greedy = ints(prompts.get(p).get("greedy60"));
                assertThat(model.generate(ids, greedy.length)).as("prompt %d", p).isEqualTo(greedy);
            }
            long[] window = new long[256];
            ByteBuffer.wrap(expected.bytes("window0.ids")).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(window);
            int[] ids = Arrays.stream(window).mapToInt(Math::toIntExact).toArray();
            double[] logits = flat(model.logits(ids));
            near(logits, float64(expected, "window0.logits_f64"), DOUBLE, "window0.logits_f64");
            near(logits, doubles(expected.read("window0.logits")), SINGLE, "window0.logits");
        }
    }

    /// An F64 tensor, not rounded.
    private static double[] float64(SafetensorsFile file, String name) {
        DoubleBuffer values = ByteBuffer.wrap(file.bytes(name)).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
        double[] result = new double[values.remaining()];
        values.get(result);
        return result;
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static void near(double[] actual, double[] expected, double tolerance, String what) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]) / Math.max(1, Math.abs(expected[i])));
        }
        assertThat(largest).as(what).isLessThan(tolerance);
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        Arrays.setAll(result, i -> values[i]);
        return result;
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        Arrays.setAll(values, i -> array.get(i).intValue());
        return values;
    }
}
