package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// Reads `config.json` of the families there are, told apart by `model_type`; a file without one is GPT-2's.
final class ConfigReader {
    private static final Set<String> LLAMA = Set.of("llama", "mistral", "qwen2");

    /// What the function of other families has that no reader knows, by `model_type`.
    private static final Map<String, String> UNSUPPORTED = Map.ofEntries(
            Map.entry("gemma", "scales its embeddings and adds 1 to the gains of its norms"),
            Map.entry("gemma2", "has norms behind attention and MLP, and soft caps"),
            Map.entry("gemma3", "has norms behind attention and MLP, and windows of attention"),
            Map.entry("gemma3_text", "has norms behind attention and MLP, and windows of attention"),
            Map.entry("qwen3", "has norms of the heads of queries and keys"),
            Map.entry("qwen2_moe", "is a mixture of experts"),
            Map.entry("qwen3_moe", "is a mixture of experts"),
            Map.entry("mixtral", "is a mixture of experts"),
            Map.entry("bloom", "has positions by ALiBi"),
            Map.entry("mpt", "has positions by ALiBi"),
            Map.entry("falcon", "has parallel blocks"),
            Map.entry("phi3", "has fused matrices and scaled rotations"));

    private final ConfigFields fields;

    private ConfigReader(ConfigFields fields) {
        this.fields = fields;
    }

    /// Parses the file; its fields are read by [#architecture].
    ///
    /// @throws FileFormatException if it is missing or no JSON object
    static ConfigReader open(Path file) {
        return new ConfigReader(ConfigFields.open(file));
    }

    /// Whether the tensors have the names of Llama's, not of GPT-2's.
    boolean isLlama() {
        return fields.present("model_type") && LLAMA.contains(fields.text("model_type"));
    }

    /// Ends of the names of Llama's matrices that have a bias: `config.json` alone decides.
    Set<String> biases() {
        return fields.present("model_type") ? LlamaConfig.biases(fields, fields.text("model_type")) : Set.of();
    }

    /// What a user should know although nothing is wrong, after [#architecture]; one line each.
    List<String> notes() {
        return fields.notes();
    }

    Architecture architecture() {
        return architecture(OptionalInt.empty());
    }

    /// The architecture.
    ///
    /// @param storedContext rows of GPT-2's position embedding, used if the file does not state the context
    /// @throws FileFormatException naming the field
    Architecture architecture(OptionalInt storedContext) {
        String type = fields.present("model_type") ? fields.text("model_type") : "gpt2";
        if (!type.equals("gpt2") && !isLlama()) {
            String reason = UNSUPPORTED.get(type);
            throw fields.bad("model_type is " + fields.shown("model_type") + ", need gpt2, llama, mistral or qwen2"
                    + (reason == null ? "" : ": such a model " + reason));
        }
        fields.refuseExperts();
        try {
            return isLlama() ? LlamaConfig.read(fields, type) : Gpt2Config.read(fields, storedContext);
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(fields.file(), e.getMessage(), e);
        }
    }
}
