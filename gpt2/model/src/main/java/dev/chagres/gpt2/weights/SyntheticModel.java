package dev.chagres.gpt2.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes random models of any shape of GPT-2 or Llama in the Hugging Face layout: for measuring time and memory, which
/// depend on the shape only, and for exercising the quantiser. Weights have the statistics of trained models: outlying
/// gains, massive channels in the first row (GPT-2) or in rows of token 0 (Llama), heads that attend to them; equal
/// configurations and seeds give equal bytes on every machine. One row is in memory at a time.
public final class SyntheticModel {
    private static final int GPT2_VOCABULARY = 50257;
    private static final int GPT2_CONTEXT = 1024;
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})x(\\d{1,9})x(\\d{1,9})x(\\d{1,9})(?:x(\\d{1,9}))?");

    private SyntheticModel() {}

    /// The configuration of a shape name: `gpt2`, `gpt2-medium`, `gpt2-large`, `gpt2-xl` (context 1024), `tiny`
    /// (4 layers, 4 heads, width 128, 65 tokens, context 128), or layers x heads x width x vocabulary, for example
    /// `2x4x64x1000`, optionally followed by the context (`2x4x64x1000x256`; default 1024). The MLP is four times as
    /// wide as the model, the head is tied. Of the Llama family: `smollm2-135m` and `tinyllama`, with the sizes of the
    /// models of these names.
    ///
    /// @throws IllegalArgumentException if the name is none of these or the numbers make no GPT-2
    public static Architecture shape(String name) {
        Matcher numbers = SHAPE.matcher(name);
        if (numbers.matches()) {
            return config(number(numbers, 1), number(numbers, 2), number(numbers, 3), number(numbers, 4),
                    number(numbers, 5));
        }
        return switch (name) {
            case "smollm2-135m" -> llama(30, 9, 3, 576, 1536, 49152, 8192, 100_000, true, List.of(2));
            case "tinyllama" -> llama(22, 32, 4, 2048, 5632, 32000, 2048, 10_000, false, List.of(2));
            case "gpt2" -> config(12, 12, 768, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-medium" -> config(24, 16, 1024, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-large" -> config(36, 20, 1280, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "gpt2-xl" -> config(48, 25, 1600, GPT2_VOCABULARY, GPT2_CONTEXT);
            case "tiny" -> config(4, 4, 128, 65, 128);
            default -> throw new IllegalArgumentException("shape " + name
                    + " is unknown, need gpt2, gpt2-medium, gpt2-large, gpt2-xl, tiny, smollm2-135m, tinyllama "
                    + "or layers x heads x width x vocabulary"
                    + " such as 2x4x64x1000");
        };
    }

    /// A shape of the Llama family: RMS norms, rotated positions with the base 10000, a gated SiLU MLP, a tied head.
    ///
    /// @param numbers layers x heads x width x vocabulary, optionally x context (default 1024)
    /// @param keyHeads heads of keys and values; as many as of queries if absent
    /// @param mlpWidth about 8/3 of the width, a multiple of 32, if absent
    /// @throws IllegalArgumentException if the numbers make no model
    public static Architecture llama(String numbers, OptionalInt keyHeads, OptionalInt mlpWidth) {
        Matcher matcher = SHAPE.matcher(numbers);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("shape " + numbers
                    + " is no shape of its own, need layers x heads x width x vocabulary such as 2x4x64x1000");
        }
        int heads = number(matcher, 2);
        int width = number(matcher, 3);
        long usual = (8L * width / 3 + 31) / 32 * 32;
        return llama(number(matcher, 1), heads, keyHeads.orElse(heads), width,
                mlpWidth.orElse((int) Math.min(usual, Integer.MAX_VALUE)), number(matcher, 4), number(matcher, 5),
                10_000, true, List.of());
    }

    /// A number of a shape; the context has a default.
    private static int number(Matcher shape, int group) {
        return shape.group(group) == null ? GPT2_CONTEXT : Integer.parseInt(shape.group(group));
    }

    private static Architecture llama(int layers, int heads, int keyHeads, int width, int mlpWidth, int vocabulary,
            int context, double base, boolean tied, List<Integer> endOfText) {
        if (heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException("hidden_size " + width + " is not a multiple of num_attention_heads "
                    + heads);
        }
        return new Architecture(layers, heads, keyHeads, width / heads, width, mlpWidth, context, vocabulary,
                NormKind.RMS, 1e-5, new PositionKind.Rotary(base), MlpKind.GATED, Activation.SILU, tied, false,
                ScoreScale.STANDARD, endOfText);
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
        SyntheticRows tensors = SyntheticRows.of(config, seed);
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
