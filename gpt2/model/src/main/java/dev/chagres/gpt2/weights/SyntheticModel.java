package dev.chagres.gpt2.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes random models of any GPT-2 shape in the Hugging Face layout: for measuring time and memory, which depend on
/// the shape only, and for exercising the quantiser. Weights are drawn as [SyntheticTensors] describes; equal
/// configurations and seeds give equal bytes on every machine. One row is in memory at a time.
public final class SyntheticModel {
    private static final int GPT2_VOCABULARY = 50257;
    private static final int GPT2_CONTEXT = 1024;
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})x(\\d{1,9})x(\\d{1,9})x(\\d{1,9})(?:x(\\d{1,9}))?");

    private SyntheticModel() {}

    /// The configuration of a shape name: `gpt2`, `gpt2-medium`, `gpt2-large`, `gpt2-xl` (context 1024), `tiny`
    /// (4 layers, 4 heads, width 128, 65 tokens, context 128), or layers x heads x width x vocabulary, for example
    /// `2x4x64x1000`, optionally followed by the context (`2x4x64x1000x256`; default 1024). The MLP is four times as
    /// wide as the model, the head is tied.
    ///
    /// @throws IllegalArgumentException if the name is none of these or the numbers make no GPT-2
    public static Architecture shape(String name) {
        Matcher numbers = SHAPE.matcher(name);
        if (numbers.matches()) {
            int context = numbers.group(5) == null ? GPT2_CONTEXT : Integer.parseInt(numbers.group(5));
            return config(
                    Integer.parseInt(numbers.group(1)),
                    Integer.parseInt(numbers.group(2)),
                    Integer.parseInt(numbers.group(3)),
                    Integer.parseInt(numbers.group(4)),
                    context);
        }
        return switch (name) {
            case "gpt2" -> config(12, 12, 768, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-medium" -> config(24, 16, 1024, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-large" -> config(36, 20, 1280, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-xl" -> config(48, 25, 1600, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "tiny" -> config(4, 4, 128, 65, 128);
            default -> throw new IllegalArgumentException("shape " + name
                    + " is unknown, need gpt2, gpt2-medium, gpt2-large, gpt2-xl, tiny "
                    + "or layers x heads x width x vocabulary"
                    + " such as 2x4x64x1000");
        };
    }

    private static Architecture config(int layers, int heads, int width, int vocabulary, int context) {
        if (width > Integer.MAX_VALUE / 4) {
            throw new IllegalArgumentException("width " + width + " is too large");
        }
        List<Integer> endOfText =
                vocabulary == GPT2_VOCABULARY ? List.of(GPT2_VOCABULARY - 1) : List.of();
        return Architecture.gpt2(
                layers, heads, width, 4 * width, context, vocabulary, 1e-5, Activation.GELU_TANH, true,
                false, endOfText);
    }

    /// Writes `config.json` and `model.safetensors` into `folder`, creating it if needed and replacing the files.
    ///
    /// @throws IOException if a file cannot be written
    public static void write(Path folder, Architecture config, long seed) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toJson());
        LinkedHashMap<String, List<Integer>> shapes = TensorShapes.of(config);
        SyntheticTensors tensors = new SyntheticTensors(config, seed);
        Map<String, String> metadata = Map.of("origin", "random weights, seed " + seed);
        try (SafetensorsWriter writer = new SafetensorsWriter(folder.resolve("model.safetensors"), shapes, metadata)) {
            for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
                List<Integer> shape = entry.getValue();
                float[] row = new float[shape.getLast()];
                int rows = shape.size() == 2 ? shape.getFirst() : 1;
                for (int r = 0; r < rows; r++) {
                    tensors.fill(entry.getKey(), r, row);
                    writer.append(row);
                }
            }
        }
    }
}
