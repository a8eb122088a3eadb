package dev.chagres.gpt2.tokenizer;

import dev.chagres.gpt2.weights.Gpt2Config;
import dev.chagres.gpt2.weights.Json;
import dev.chagres.prove.file.FileFormatException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Chooses the tokenizer of a model.
public final class Tokenizers {
    private static final String CHARACTERS = "chars.json";

    private Tokenizers() {}

    /// The character table if the folder has a `chars.json` (an array of one-character strings, index = id), else
    /// GPT-2's byte-pair encoding if the vocabulary is GPT-2's, else none: such a model takes token ids only.
    ///
    /// @throws FileFormatException if `chars.json` is not such a table or has not one entry per id
    public static Optional<Tokenizer> forModel(Path folder, Gpt2Config config) {
        Path table = folder.resolve(CHARACTERS);
        if (Files.exists(table)) {
            return Optional.of(characters(table, config.vocabulary()));
        }
        return config.vocabulary() == BpeTokenizer.VOCABULARY ? Optional.of(new BpeTokenizer()) : Optional.empty();
    }

    private static Tokenizer characters(Path table, int vocabulary) {
        JsonNode root = Json.read(table);
        if (!root.isArray() || root.size() != vocabulary) {
            throw new FileFormatException(table, "is not an array of " + vocabulary + " characters, as config.json implies");
        }
        List<String> characters = new ArrayList<>();
        for (JsonNode entry : root) {
            if (!entry.isString()) {
                throw new FileFormatException(table, "entry " + characters.size() + " is not a string");
            }
            characters.add(entry.stringValue());
        }
        try {
            return new CharTokenizer(characters);
        } catch (IllegalArgumentException e) {
            throw new FileFormatException(table, e.getMessage(), e);
        }
    }
}
