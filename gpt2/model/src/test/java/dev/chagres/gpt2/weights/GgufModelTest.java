package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gguf.GgmlType;
import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// GGUF files against what other programs read from them.
class GgufModelTest {
    private static final String SMOL = "models/smollm2-135m-instruct/";
    private static final String CHAR = "models/tinyshakespeare-llama-char/";

    @TempDir
    private Path folder;

    /// Two rows of eight random blocks of every type, bit for bit.
    @ParameterizedTest
    @EnumSource(value = GgmlType.class, names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"})
    void blocks(GgmlType type) {
        try (SafetensorsFile vectors = SafetensorsFile.open(TestData.path(CHAR + "gguf_blocks.safetensors"))) {
            float[] expected = vectors.read(type + ".values");
            byte[] bytes = vectors.bytes(type + ".bytes");
            assertThat(bytes).hasSize(2 * 8 * type.blockBytes());
            float[] values = new float[2 * 8 * type.blockValues()];
            GgufBlocks.read(type, MemorySegment.ofArray(bytes), 0, values);
            assertThat(values).hasSameSizeAs(expected);
            for (int i = 0; i < values.length; i++) {
                assertThat(Float.floatToRawIntBits(values[i])).as("%s element %d", type, i)
                        .isEqualTo(Float.floatToRawIntBits(expected[i]));
            }
        }
    }

    @Test
    void halfFloats() {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 0x3C00)
                .putShort((short) 0xC000).putShort((short) 0x7BFF).putShort((short) 1).array();
        float[] values = new float[4];
        GgufBlocks.read(GgmlType.F16, MemorySegment.ofArray(bytes), 0, values);
        assertThat(values).containsExactly(1, -2, 65504, 0x1p-24f);
        GgufBlocks.read(GgmlType.BF16, MemorySegment.ofArray(bytes), 0, values);
        assertThat(values[1]).isEqualTo(-2);
    }

    /// Every tensor of a real model, by the digest of its values.
    @Test
    void smolLm2Tensors() throws Exception {
        JsonNode tensors = Json.read(TestData.path(SMOL + "tensors.json")).get("tensors");
        try (GgufStore store = GgufStore.open(TestData.path(SMOL + "SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            assertThat(store.header().tensors()).hasSize(272).hasSize(tensors.size());
            for (JsonNode tensor : tensors) {
                String name = tensor.get("name").stringValue();
                int count = (int) store.header().tensors().get(name).elements();
                float[] values = store.readFinite(name, 0, count);
                ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
                assertThat(digest).as(name).isEqualTo(tensor.get("sha256_f32").stringValue());
            }
        }
    }

    @Test
    void smolLm2Architecture() {
        try (ModelWeights weights = ModelWeights.open(TestData.path(SMOL + "SmolLM2-135M-Instruct.Q4_1.gguf"))) {
            assertThat(weights.architecture()).isEqualTo(new Architecture(30, 9, 3, 64, 576, 1536, 8192, 49152,
                    NormKind.RMS, 1e-5f, new PositionKind.Rotary(100_000), MlpKind.GATED, Activation.SILU, true, false,
                    ScoreScale.STANDARD, List.of(2)));
            assertThat(weights.architecture().parameters()).isEqualTo(134_515_008);
            assertThat(weights.notes()).isEmpty();
            assertThat(weights.headRows(49151, 49152)).isEqualTo(weights.tokenRows(49151, 49152)).hasSize(576);
        }
    }

    /// A Q8_0 copy of a model has its rows in the order of the original, each value within half a step; written as
    /// safetensors, it is read back equal and gives the same integers.
    @Test
    void aQuantisedTwin() throws Exception {
        try (ModelWeights original = ModelWeights.open(TestData.path(CHAR));
                ModelWeights twin = ModelWeights.open(TestData.path(CHAR + "model-q8_0.gguf"))) {
            Architecture a = original.architecture();
            assertThat(twin.architecture().withContext(a.context())).usingRecursiveComparison()
                    .ignoringFields("normEpsilon", "endOfText").isEqualTo(a);
            assertThat(twin.architecture().normEpsilon()).isEqualTo((float) a.normEpsilon());
            for (int l = 0; l < a.layers(); l++) {
                near(twin.layer(l).query(), original.layer(l).query());
                near(twin.layer(l).key(), original.layer(l).key());
                near(twin.layer(l).value(), original.layer(l).value());
                near(twin.layer(l).gate().orElseThrow(), original.layer(l).gate().orElseThrow());
                near(twin.layer(l).down(), original.layer(l).down());
                assertThat(twin.layer(l).norm2Gain()).isEqualTo(original.layer(l).norm2Gain());
            }
            write(twin, folder);
            try (ModelWeights copy = ModelWeights.open(folder)) {
                assertThat(copy.architecture()).isEqualTo(twin.architecture());
                for (int l = 0; l < a.layers(); l++) {
                    assertThat(copy.layer(l)).usingRecursiveComparison().isEqualTo(twin.layer(l));
                }
                assertThat(copy.tokenRows(0, a.vocabulary())).isEqualTo(twin.tokenRows(0, a.vocabulary()));
                assertThat(copy.headRows(3, 9)).isEqualTo(twin.headRows(3, 9));
                assertThat(copy.finalNormGain()).isEqualTo(twin.finalNormGain());
                assertThat(copy.positions()).isEmpty();
                assertThat(integers(copy)).isEqualTo(integers(twin));
            }
        }
    }

    /// The integer model as a file.
    private byte[] integers(ModelWeights weights) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            Path file = folder.resolve("model.cgm");
            IntegerModelFile.write(new Quantizer(weights).quantise(arena, "model", TokenizerInfo.NONE,
                    Quantizer.randomCalibration(weights.architecture(), 1)), file);
            return Files.readAllBytes(file);
        }
    }

    private static void near(DenseMatrix a, DenseMatrix b) {
        for (int i = 0; i < a.weights().length; i += 32) {
            float largest = 0;
            for (int c = 0; c < 32; c++) {
                largest = Math.max(largest, Math.abs(b.weights()[i + c]));
            }
            for (int c = 0; c < 32; c++) {
                // Half a step of 1/127, and the rounding of the scale to half precision.
                assertThat(a.weights()[i + c]).isCloseTo(b.weights()[i + c], within(largest * 0.0046f));
            }
        }
    }

    /// Dequantised weights under Hugging Face's names.
    private static void write(WeightSource source, Path folder) throws Exception {
        Architecture a = source.architecture();
        Files.writeString(folder.resolve("config.json"), a.toJson());
        LinkedHashMap<String, List<Integer>> shapes = Naming.LLAMA.shapes(a, Set.of());
        try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve("model.safetensors"), shapes, Map.of())) {
            writer.append(source.tokenRows(0, a.vocabulary()));
            for (int l = 0; l < a.layers(); l++) {
                LayerWeights w = source.layer(l);
                for (float[] values : Arrays.asList(w.norm1Gain(), w.query().weights(), w.key().weights(),
                        w.value().weights(), w.output().weights(), w.norm2Gain(), w.gate().orElseThrow().weights(),
                        w.up().weights(), w.down().weights())) {
                    writer.append(values);
                }
            }
            writer.append(source.finalNormGain());
        }
    }
}
