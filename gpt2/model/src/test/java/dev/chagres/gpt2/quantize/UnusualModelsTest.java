package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.ReferenceInference;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.gpt2.weights.Activation;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.ModelFolder;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.semantics.DomainException;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Models that nobody trained, or that somebody pruned: each is quantised to something that can be set up and
/// generates, or refused in one line that says where.
class UnusualModelsTest {
    private static final long SEED = 5;

    @TempDir
    Path folder;

    /// Every tensor, or one channel of it, times every factor. A refusal names the folder and a tensor or a layer.
    @ParameterizedTest
    @ValueSource(floats = {0, 1e-30f, 1e-3f, 1e3f, 1e8f, 1e20f, 1e37f})
    void everyTensorTimes(float factor) throws IOException {
        Architecture config = SyntheticModel.shape("1x2x8x12x8");
        int accepted = 0;
        for (String name : new ModelFolder(config, SEED).tensors().keySet()) {
            for (boolean one : new boolean[] {false, true}) {
                ModelFolder m = new ModelFolder(config, SEED);
                float[] values = m.tensors().get(name).values();
                for (int i = 0; i < (one ? 1 : values.length); i++) {
                    values[i] *= factor;
                }
                accepted += quantisedOrRefused(m, name + (one ? "[0]" : "") + " times " + factor) ? 1 : 0;
            }
        }
        assertThat(accepted).as("the final norm and most single biases have room").isGreaterThan(4);
    }

    /// The same of a model with rotated and shared heads and a gated MLP.
    @ParameterizedTest
    @ValueSource(floats = {0, 1e-30f, 1e-3f, 1e3f, 1e8f, 1e20f, 1e37f})
    void everyTensorOfALlamaTimes(float factor) throws IOException {
        Architecture config = SyntheticModel.llama("1x2x8x12x8", OptionalInt.of(1), OptionalInt.of(20));
        int accepted = 0;
        for (String name : new ModelFolder(config, SEED).tensors().keySet()) {
            ModelFolder m = new ModelFolder(config, SEED);
            float[] values = m.tensors().get(name).values();
            for (int i = 0; i < values.length; i++) {
                values[i] *= factor;
            }
            accepted += quantisedOrRefused(m, name + " times " + factor) ? 1 : 0;
        }
        assertThat(accepted).as("the final norm has room").isPositive();
    }

    /// An epsilon that is most of the sum of squares, at both group shifts: a coarser stream has room for it.
    @ParameterizedTest
    @ValueSource(ints = {768, 2048})
    void aHugeEpsilonEnds(int width) throws IOException {
        Architecture config = Architecture.gpt2(1, 32, width, 8, 4, 12, 0.94, Activation.RELU, true, false, List.of());
        quantisedOrRefused(new ModelFolder(config, SEED), "width " + width);
    }

    /// Whole parts of a model pruned away.
    @ParameterizedTest
    @ValueSource(strings = {"", "attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight",
            ".weight", ".bias",
        "ln_1.weight", "ln_2.weight", "ln_f.weight", "wte.weight", "wpe.weight", "h.0.", "h.1.", "attn.", "mlp."})
    void zeros(String part) throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("2x2x8x12x8"), SEED);
        m.tensors().replaceAll((name, t) -> name.contains(part) ? t.map(v -> 0f) : t);
        assertThat(quantisedOrRefused(m, "zeros in *" + part + "*")).as("a pruned model is a model").isTrue();
    }

    /// The whole way with a model whose table of the activation has one entry.
    @Test
    void aModelWithoutAnMlpIsProved() throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("1x2x8x12x8"), SEED);
        m.tensors().replaceAll((name, t) -> name.contains("mlp") ? t.map(v -> 0f) : t);
        Path pk = folder.resolve("model.pk");
        VerifyingKey key;
        try (ModelWeights weights = ModelWeights.open(m.write(folder.resolve("m")));
                Arena arena = Arena.ofShared()) {
            IntegerModel model = quantise(weights, arena);
            assertThat(model.layers().getFirst().mlp().up().shift()).isPositive();
            key = KeySetup.write(new ModelKeySource(model), pk, folder.resolve("model.vk"), TestHosts.of(2),
                    Progress.NONE);
        }
        try (ProvingKey proving = ProvingKey.open(pk)) {
            byte[] proof = TestEngines.of(2).prover(proving)
                    .generateAndProve(new int[] {1, 2}, 3, _ -> { }).encode();
            assertThat(new Verifier(key).verify(proof).accepted()).isTrue();
        }
    }

    /// Hidden values that fill their accumulator on both sides: at no shift has the whole range a table of whole tiles.
    @Test
    void wholeAccumulatorsAreNarrowedToATable() throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("1x2x8x12x8"), SEED);
        m.edit("mlp.c_fc.weight", t -> t.map(v -> 0f));
        m.edit("mlp.c_fc.bias", t -> t.map(v -> v < 0 ? -1f : 1f));
        Path model = m.write(folder);
        try (ModelWeights weights = ModelWeights.open(model);
                Arena arena = Arena.ofShared()) {
            IntegerLinear up = quantise(weights, arena).layers().getFirst().mlp().up();
            // Up to roundings all of the range that has a table.
            assertThat(up.shift()).isEqualTo(15);
            assertThat(up.acc().magnitude()).isBetween(Quantizer.accumulatorLimit(15) - (1L << 14),
                    Quantizer.accumulatorLimit(15));
            assertThat(IntervalCheck.isTabulated(up.u(), up.shift())).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1x1x1x1", "1x1x1x3x4", "1x1x2x3x1", "2x1x3x5x2", "1x3x3x7x5", "1x1x130x9x6",
            "1x5x5x3x300"})
    void smallAndOddShapes(String shape) throws IOException {
        assertThat(quantisedOrRefused(new ModelFolder(SyntheticModel.shape(shape), SEED), shape)).as(shape).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyActivationGoesThroughTheTable(Activation activation) throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("2x4x32x40x32"), SEED);
        m.config().put("activation_function", activation.configName());
        try (ModelWeights weights = ModelWeights.open(m.write(folder));
                Arena arena = Arena.ofShared()) {
            IntegerModel model = quantise(weights, arena);
            for (IntegerLayer layer : model.layers()) {
                for (double x : new double[] {-3, -0.4, 0, 0.4, 1.5}) {
                    long u = Math.round(x / layer.mlp().inputUnit());
                    double exact = activation.apply(u * layer.mlp().inputUnit());
                    if (layer.mlp().up().u().contains(u) && exact < 2000 * layer.mlp().outputUnit()) {
                        assertThat(layer.mlp().activation(u) * layer.mlp().outputUnit()).isBetween(
                                exact - 0.51 * layer.mlp().outputUnit(), exact + 0.51 * layer.mlp().outputUnit());
                    }
                }
            }
            QuantizationReport report =
                    QuantizationReport.compare(new FloatModel(weights), model, List.of(random(40, 32), random(40, 32)));
            assertThat(report.meanDivergence().orElseThrow()).as(report.summary()).isLessThan(5e-3);
        }
    }

    /// A folded scale is the same integer model as queries scaled in the file, up to the rounding of a float.
    @Test
    void scaledScoresAgreeWithTheFloatModel() throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("3x4x32x40x32"), SEED);
        m.config().put("scale_attn_by_inverse_layer_idx", true);
        try (ModelWeights weights = ModelWeights.open(m.write(folder));
                Arena arena = Arena.ofShared()) {
            QuantizationReport report = QuantizationReport.compare(
                    new FloatModel(weights), quantise(weights, arena), List.of(random(40, 32), random(40, 32)));
            assertThat(report.meanDivergence().orElseThrow()).as(report.summary()).isLessThan(5e-3);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-6, 0.5})
    void otherEpsilons(double epsilon) throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("2x4x32x40x32"), SEED);
        m.config().put("layer_norm_epsilon", epsilon);
        assertThat(quantisedOrRefused(m, "epsilon " + epsilon)).isTrue();
    }

    @Test
    void refusalsNameWhatIsToBlame() throws IOException {
        refused(m -> scale(m, "h.1.ln_1.weight", 1e8f), "layer 1: attention scores are too large",
                "layer 1 norm1 gain 4.3040604E7");
        refused(m -> scale(m, "h.1.attn.c_proj.weight", 1e12f), "residual stream: peak", "after layer 1 output",
                "layer 1 output weights");
        refused(m -> scale(m, "h.0.mlp.c_proj.weight", 1e38f), "layer 0: the stream after the MLP",
                "layer 0 down weights");
        refused(m -> scale(m, "wte.weight", 1e12f), "residual stream: peak", "the embedding");
        refused(m -> m.tensors().get("h.0.mlp.c_fc.bias").values()[3] = Float.NaN,
                "model.safetensors: tensor h.0.mlp.c_fc.bias has value NaN at element 3");
    }

    private void refused(Consumer<ModelFolder> edit, String... parts) throws IOException {
        ModelFolder m = new ModelFolder(SyntheticModel.shape("2x2x8x12x8"), SEED);
        edit.accept(m);
        Path model = m.write(folder.resolve("refused"));
        try (ModelWeights weights = ModelWeights.open(model);
                Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> quantise(weights, arena))
                    .hasMessageStartingWith(model.toString())
                    .hasMessageContainingAll(parts)
                    .message().doesNotContain("\n");
        }
    }

    private static void scale(ModelFolder m, String name, float factor) {
        m.edit(name, t -> t.map(v -> v * factor));
    }

    /// @return whether it was quantised
    private boolean quantisedOrRefused(ModelFolder m, String what) throws IOException {
        Path model = m.write(folder.resolve("model"));
        try (ModelWeights weights = ModelWeights.open(model);
                Arena arena = Arena.ofShared()) {
            IntegerModel integer = quantise(weights, arena);
            SetupCheck.check(integer);
            int[] ids = random(integer.shape().vocab(), integer.shape().context());
            try {
                assertThat(new ReferenceInference(integer).logits(ids)).as(what).isNotEmpty();
                QuantizationReport report = QuantizationReport.compare(new FloatModel(weights), integer, List.of(ids));
                assertThat(report.summary()).as(what).doesNotContain("NaN").doesNotContain("Infinity");
                assertThat(report.warnings()).allSatisfy(w -> assertThat(w).doesNotContain("NaN"));
            } catch (DomainException outside) {
                assertThat(outside).as(what).hasMessageMatching(".*(residual stream|beyond the reach).*");
            }
            return true;
        } catch (QuantizationException refusal) {
            assertThat(refusal.getMessage()).as(what).startsWith(model + ": ").doesNotContain("\n")
                    .containsPattern("layer \\d|embedding|head|epsilon");
            return false;
        } catch (RuntimeException e) {
            return fail(what, e);
        }
    }

    private static IntegerModel quantise(ModelWeights weights, Arena arena) {
        return new Quantizer(weights).quantise(arena, "model", TokenizerInfo.NONE,
                Quantizer.randomCalibration(weights.architecture(), SEED));
    }

    private static int[] random(int vocabulary, int length) {
        return new Random(SEED).ints(length, 0, vocabulary).toArray();
    }
}
