package dev.chagres.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the chat template of a model folder: `chat_template.jinja`, else `chat_template` of `tokenizer_config.json`
/// (of several, the one named `default`). The control tokens it names stand in `tokenizer_config.json`.
final class FolderChat {
    private static final String CONFIG = "tokenizer_config.json";

    private FolderChat() {}

    /// @throws IOException                   if a file is there and cannot be read
    /// @throws TokenizerException            if a file is broken
    /// @throws UnsupportedTokenizerException if the template cannot be carried
    static Optional<ChatTemplate> find(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        JsonObject config = JsonObject.of(CONFIG, Files.exists(file) ? TokenizerFile.readJson(file) : Map.of());
        Path own = folder.resolve("chat_template.jinja");
        Optional<String> text = Files.exists(own) ? Optional.of(TokenizerFile.read(own)) : ofConfig(config);
        try {
            return text.filter(template -> !template.isEmpty()).map(template -> new ChatTemplate(
                    template, token(config, "bos_token"), token(config, "eos_token")));
        } catch (IllegalArgumentException e) {
            throw new UnsupportedTokenizerException(e.getMessage());
        }
    }

    private static Optional<String> ofConfig(JsonObject config) {
        if (config.value().get("chat_template") instanceof List<?>) {
            return config.objects("chat_template").stream()
                    .filter(named -> named.string("name").orElse("").equals("default")).findFirst()
                    .flatMap(named -> named.string("template"));
        }
        return config.string("chat_template");
    }

    /// A token is written as its text or as an object with it.
    private static String token(JsonObject config, String name) {
        return config.value().get(name) instanceof Map<?, ?>
                ? config.object(name).flatMap(token -> token.string("content")).orElse("")
                : config.string(name).orElse("");
    }
}
