package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON files of a model folder, read strictly: no duplicate keys, nothing after the value.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// No JSON file of a model is longer than this.
    private static final long MAX_BYTES = 100_000_000;

    /// Code points of a parser's message that are shown: it may quote a whole file.
    private static final int MESSAGE_LIMIT = 300;

    private Json() {}

    /// Parses a whole file.
    ///
    /// @throws FileFormatException if it is missing, too long or not JSON
    public static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new FileFormatException(file, "longer than " + MAX_BYTES + " bytes");
            }
            byte[] text = Files.readAllBytes(file);
            Optional<String> kind = FileKind.of(text);
            if (kind.isPresent()) {
                throw new FileFormatException(file, kind.get());
            }
            return parse(file, text);
        } catch (NoSuchFileException e) {
            throw new FileFormatException(file, "no such file", e);
        } catch (IOException e) {
            throw new FileFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /// Parses UTF-8 text that was found in `file`.
    static JsonNode parse(Path file, byte[] text) {
        try {
            JsonNode root = MAPPER.readTree(text);
            if (root.isMissingNode()) {
                throw new FileFormatException(file, "not valid JSON: empty");
            }
            return root;
        } catch (JacksonException e) {
            String cause = PrintableText.cut(String.valueOf(e.getOriginalMessage()), MESSAGE_LIMIT);
            throw new FileFormatException(file, "not valid JSON: " + cause, e);
        }
    }

    /// Text of a value, indented.
    static String write(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /// Text of a value on one line.
    static byte[] writeCompact(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }
}
