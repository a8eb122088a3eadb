package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// Reads the fields of `config.json` that change what GPT-2 computes; training-only fields are ignored. Where the
/// format has two names for a field, both are read and must not disagree.
final class ConfigReader {
    private static final String ACTIVATION = "activation_function";
    private static final String EPSILON = "layer_norm_epsilon";
    private static final double DEFAULT_EPSILON = 1e-5;

    private final Path file;
    private final JsonNode root;
    private final List<String> notes = new ArrayList<>();

    private ConfigReader(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /// Parses the file; its fields are read by [#config].
    ///
    /// @throws FileFormatException if it is missing or no JSON object
    static ConfigReader open(Path file) {
        JsonNode root = Json.read(file);
        if (!root.isObject()) {
            throw new FileFormatException(file, "is not a JSON object");
        }
        return new ConfigReader(file, root);
    }

    /// What a user should know although nothing is wrong, after [#config]; one line each.
    List<String> notes() {
        return List.copyOf(notes);
    }

    /// The configuration.
    ///
    /// @param storedContext rows of the position embedding, used if the file does not state the context
    /// @param chosenEnd the id that ends a text, whatever the file says
    /// @throws FileFormatException naming the field
    Architecture config(OptionalInt storedContext, OptionalInt chosenEnd) {
        if (present("model_type") && !root.get("model_type").asString("").equals("gpt2")) {
            throw bad("model_type is " + shown("model_type") + ", need gpt2");
        }
        if (bool("add_cross_attention", false)) {
            throw bad("add_cross_attention = true is not supported");
        }
        int width = integer("n_embd", "hidden_size");
        ignored("hidden_act", ACTIVATION, v -> v.asString("").equals(Activation.GELU_TANH.configName()));
        ignored("hidden_activation", ACTIVATION, v -> v.asString("").equals(Activation.GELU_TANH.configName()));
        ignored("layer_norm_eps", EPSILON, v -> v.asDouble(0) == DEFAULT_EPSILON);
        ignored("intermediate_size", "n_inner", v -> v.asLong(0) == 4L * width);
        try {
            int vocabulary = integer("vocab_size");
            return new Architecture(
                    integer("n_layer", "num_hidden_layers"),
                    integer("n_head", "num_attention_heads"),
                    width,
                    present("n_inner") ? integer("n_inner") : fourTimes(width),
                    context(storedContext),
                    vocabulary,
                    number(EPSILON, DEFAULT_EPSILON),
                    activation(),
                    bool("tie_word_embeddings", true),
                    bool("lm_head_bias", false),
                    chosenEnd.isPresent() ? chosenEnd : endOfText(vocabulary),
                    bool("scale_attn_weights", true),
                    bool("scale_attn_by_inverse_layer_idx", false));
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(file, e.getMessage(), e);
        }
    }

    private int fourTimes(int width) {
        if (width > Integer.MAX_VALUE / 4) {
            throw bad("n_embd is " + width + ", need less than 2^29");
        }
        return 4 * width;
    }

    /// `n_ctx` is the older name; where both are, it is not read any more.
    private int context(OptionalInt stored) {
        if (!present("n_positions") && !present("max_position_embeddings")) {
            if (present("n_ctx")) {
                return integer("n_ctx");
            }
            if (stored.isPresent()) {
                return stored.getAsInt();
            }
        }
        return integer("n_positions", "max_position_embeddings");
    }

    private Activation activation() {
        if (!present(ACTIVATION)) {
            return Activation.GELU_TANH;
        }
        return Activation.of(root.get(ACTIVATION).asString("")).orElseThrow(() -> bad(ACTIVATION + " is "
                + shown(ACTIVATION) + ", need one of " + Activation.allNames()));
    }

    /// The one id at which a text ends. As in Hugging Face's `generate`, generation_config.json comes first. Ids that
    /// the vocabulary does not have can never be generated: configurations written by default say 50256.
    private OptionalInt endOfText(int vocabulary) {
        Path where = file;
        JsonNode node = root.path("eos_token_id");
        Path generation = file.resolveSibling("generation_config.json");
        if (Files.exists(generation)) {
            JsonNode other = Json.read(generation).path("eos_token_id");
            if (!other.isMissingNode() && !other.isNull()) {
                where = generation;
                node = other;
            }
        }
        List<Integer> inside = new ArrayList<>();
        for (int id : ids(where, node)) {
            if (id < 0 || id >= vocabulary) {
                notes.add(PrintableText.line(where + ": eos_token_id " + id + " is outside the vocabulary of "
                        + vocabulary + " and can never be generated"));
            } else if (!inside.contains(id)) {
                inside.add(id);
            }
        }
        if (inside.size() > 1) {
            throw new FileFormatException(where, "eos_token_id has " + inside.size() + " ids, "
                    + PrintableText.of(inside) + ", but a text of the integer model ends at one id; leave one of them");
        }
        return inside.isEmpty() ? OptionalInt.empty() : OptionalInt.of(inside.getFirst());
    }

    /// Nothing, one id or a list of ids.
    private static List<Integer> ids(Path where, JsonNode node) {
        List<Integer> ids = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return ids;
        }
        for (JsonNode id : node.isArray() ? node : List.of(node)) {
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw new FileFormatException(where, "eos_token_id is " + PrintableText.of(node)
                        + ", need an integer below 2^31 or a list of them");
            }
            ids.add(id.intValue());
        }
        return ids;
    }

    private boolean present(String key) {
        return root.hasNonNull(key);
    }

    private String shown(String key) {
        return PrintableText.of(root.get(key));
    }

    /// The value of a field under the first of its names that is present.
    private int integer(String... names) {
        String found = null;
        for (String name : names) {
            if (!present(name)) {
                continue;
            }
            if (found == null) {
                found = name;
            } else if (!root.get(name).equals(root.get(found))) {
                throw bad(found + " is " + shown(found) + ", but " + name + ", the same field, is " + shown(name));
            }
        }
        if (found == null) {
            throw bad(names[0] + " is missing");
        }
        JsonNode node = root.get(found);
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw bad(found + " is " + shown(found) + ", need an integer below 2^31");
        }
        return node.intValue();
    }

    private double number(String key, double otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isNumber()) {
            throw bad(key + " is " + shown(key) + ", need a number");
        }
        return root.get(key).doubleValue();
    }

    private boolean bool(String key, boolean otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isBoolean()) {
            throw bad(key + " is " + shown(key) + ", need true or false");
        }
        return root.get(key).booleanValue();
    }

    /// Refuses a field under a name of other model families, which Hugging Face's GPT-2 does not read: its writer
    /// meant it, its reader computes with the default.
    private void ignored(String foreign, String name, Predicate<JsonNode> isDefault) {
        if (present(foreign) && !present(name) && !isDefault.test(root.get(foreign))) {
            throw bad(foreign + " is " + shown(foreign) + ", but GPT-2 reads " + name + "; state that one");
        }
    }

    private FileFormatException bad(String cause) {
        return new FileFormatException(file, cause);
    }
}
