package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Typed access to the fields of one `config.json`. Null counts as absent. Where the format has two names for a field,
/// both are read and must not disagree.
final class ConfigFields {
    private final Path file;
    private final JsonNode root;
    private final List<String> notes = new ArrayList<>();

    private ConfigFields(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    static ConfigFields open(Path file) {
        JsonNode root = Json.read(file);
        if (!root.isObject()) {
            throw new FileFormatException(file, "is not a JSON object");
        }
        return new ConfigFields(file, root);
    }

    /// The fields of an object inside.
    ConfigFields object(String key) {
        if (!root.get(key).isObject()) {
            throw bad(key + " is " + shown(key) + ", need an object");
        }
        return new ConfigFields(file, root.get(key));
    }

    Path file() {
        return file;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    void note(String text) {
        notes.add(PrintableText.line(text));
    }

    boolean present(String key) {
        return root.hasNonNull(key);
    }

    JsonNode get(String key) {
        return root.get(key);
    }

    String shown(String key) {
        return PrintableText.of(root.get(key));
    }

    /// A text; empty if the value is none.
    String text(String key) {
        return root.get(key).asString("");
    }

    /// The value of a field under the first of its names that is present.
    int integer(String... names) {
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

    double number(String key) {
        if (!present(key)) {
            throw bad(key + " is missing");
        }
        return number(key, 0);
    }

    double number(String key, double otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isNumber()) {
            throw bad(key + " is " + shown(key) + ", need a number");
        }
        return root.get(key).doubleValue();
    }

    boolean bool(String key, boolean otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        if (!root.get(key).isBoolean()) {
            throw bad(key + " is " + shown(key) + ", need true or false");
        }
        return root.get(key).booleanValue();
    }

    Activation activation(String key, Activation otherwise) {
        if (!present(key)) {
            return otherwise;
        }
        return Activation.of(text(key)).orElseThrow(() ->
                bad(key + " is " + shown(key) + ", need one of " + Activation.allNames()));
    }

    /// Refuses mixtures of experts, under all the names there are.
    void refuseExperts() {
        for (String key : List.of("num_local_experts", "num_experts", "n_routed_experts")) {
            if (present(key) && get(key).asLong(2) > 1) {
                throw bad(key + " is " + shown(key) + ": a mixture of experts is not supported");
            }
        }
    }

    /// The ids at which a text ends, ascending. As in Hugging Face's `generate`, generation_config.json comes first.
    /// Ids that the vocabulary does not have can never be generated: configurations written by default say 50256.
    List<Integer> endOfText(int vocabulary) {
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
        TreeSet<Integer> inside = new TreeSet<>();
        for (int id : ids(where, node)) {
            if (id < 0 || id >= vocabulary) {
                note(where + ": eos_token_id " + id + " is outside the vocabulary of " + vocabulary
                        + " and can never be generated");
            } else {
                inside.add(id);
            }
        }
        return List.copyOf(inside);
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

    FileFormatException bad(String cause) {
        return new FileFormatException(file, cause);
    }
}
