package dev.chagres.cli;

import dev.chagres.statement.Binding;
import dev.chagres.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the lines of a prompts file. A line that starts with `{` is a JSON object, any other line is a prompt as it stands:
///
/// | field | value |
/// | --- | --- |
/// | `prompt` or `ids` | the prompt as text or as token ids; exactly one of them |
/// | `id` | name of the proof, letters, digits, `.`, `_`, `-`; default: the line number |
/// | `generate` | number of tokens to generate; default: that of the command |
/// | `bind` | public bytes that the proof is bound to, in hexadecimal; default: those of the command |
final class BatchReader {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
    private static final Set<String> FIELDS = Set.of("id", "prompt", "ids", "generate", "bind");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Optional<Tokenizer> tokenizer;
    private final Integer generate;
    private final Binding binding;
    private final Map<String, Integer> ids = new HashMap<>();
    private String id;

    /// @param tokenizer of the model, if it has one
    /// @param generate default number of tokens to generate, null for none
    /// @param binding default of the bytes that a proof is bound to
    BatchReader(Optional<Tokenizer> tokenizer, Integer generate, Binding binding) {
        this.binding = binding;
        this.tokenizer = tokenizer;
        this.generate = generate;
    }

    /// The id of the line that was read last, also if the line is wrong; null if it could not be read so far.
    String id() {
        return id;
    }

    /// Reads one line; lines must come in order.
    ///
    /// @param number from 1
    /// @param bytes the line without its end
    /// @return null for a blank line
    /// @throws CommandException what is wrong with the line
    /// @throws TextFile.NotUtf8Exception at the first byte that is not UTF-8
    /// @throws dev.chagres.tokenizer.TokenizerException if the model does not know a character
    BatchLine read(int number, byte[] bytes) {
        id = null;
        String text = TextFile.decode(bytes);
        if (text.isBlank()) {
            return null;
        }
        if (text.stripLeading().startsWith("{")) {
            return object(number, text);
        }
        id = Integer.toString(number);
        return line(number, encode(text), generate, binding);
    }

    private BatchLine object(int number, String text) {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new CommandException("not valid JSON: " + e.getOriginalMessage(), e);
        }
        JsonNode name = root.get("id");
        if (name != null && !(name.isString() && ID.matcher(name.stringValue()).matches())) {
            throw new CommandException("'id' must be a string of up to 100 letters, digits, '.', '_' and '-', not starting with '.'");
        }
        id = name == null ? Integer.toString(number) : name.stringValue();
        for (String field : root.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new CommandException("unknown field '" + field + "'");
            }
        }
        JsonNode prompt = root.get("prompt");
        JsonNode tokens = root.get("ids");
        if ((prompt == null) == (tokens == null)) {
            throw new CommandException("need either 'prompt' or 'ids'");
        }
        if (prompt != null && !prompt.isString()) {
            throw new CommandException("'prompt' must be a string");
        }
        JsonNode count = root.get("generate");
        return line(number, prompt != null ? encode(prompt.stringValue()) : ids(tokens),
                count == null ? generate : Integer.valueOf(integer(count, "'generate'")), binding(root.get("bind")));
    }

    private Binding binding(JsonNode hex) {
        if (hex == null) {
            return binding;
        }
        if (!hex.isString()) {
            throw new CommandException("'bind' must be a string of hexadecimal digits");
        }
        return BindingOptions.ofHex("'bind'", hex.stringValue());
    }

    private BatchLine line(int number, int[] prompt, Integer count, Binding bound) {
        if (count == null) {
            throw new CommandException("says not how many tokens to generate, and there is no --generate");
        }
        Integer first = ids.putIfAbsent(id, number);
        if (first != null) {
            throw new CommandException("the id '" + id + "' is that of line " + first);
        }
        return new BatchLine(number, id, prompt, count, bound);
    }

    private int[] encode(String text) {
        return tokenizer.orElseThrow(() -> new CommandException("this model has no known tokenizer; give 'ids'")).encode(text);
    }

    private static int[] ids(JsonNode tokens) {
        if (!tokens.isArray()) {
            throw new CommandException("'ids' must be an array of integers");
        }
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = integer(tokens.get(i), "an entry of 'ids'");
        }
        return ids;
    }

    private static int integer(JsonNode node, String what) {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw new CommandException(what + " must be an integer of at most " + Integer.MAX_VALUE);
        }
        return node.intValue();
    }
}
