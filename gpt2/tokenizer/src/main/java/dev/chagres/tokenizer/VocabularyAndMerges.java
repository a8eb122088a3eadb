package dev.chagres.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads GPT-2's pair of files: `vocab.json` (token to id) and `merges.txt` (a merge a line, by rank). They do not say
/// how a text is cut: `tokenizer_config.json` does by naming a class, and GPT-2's way is assumed without it.
final class VocabularyAndMerges {
    private static final String END_OF_TEXT = "<|endoftext|>";

    private VocabularyAndMerges() {}

    /// @param config the JSON value of `tokenizer_config.json`, if there is one
    /// @throws UnsupportedTokenizerException if the files do not fit together or ask for something unknown
    static TokenizerInfo read(Object vocabularyJson, String mergesText, Optional<Object> config) {
        try {
            JsonObject settings = JsonObject.of("tokenizer_config.json", config.orElse(Map.of()));
            Map<String, Integer> vocabulary = JsonObject.of("the vocabulary", vocabularyJson).ids();
            BytePairOptions options = options(settings);
            List<AddedToken> added = added(settings, vocabulary, options.nfc());
            return TokenizerInfo.ofBytePairs(BytePairs.ofAlphabet(vocabulary, merges(mergesText), added, options));
        } catch (IllegalArgumentException e) {
            throw new UnsupportedTokenizerException(e.getMessage());
        }
    }

    private static BytePairOptions options(JsonObject settings) {
        String name = settings.string("tokenizer_class").orElse("GPT2Tokenizer").replaceFirst("Fast$", "");
        boolean prefixSpace = settings.flag("add_prefix_space", false);
        return switch (name) {
            case "GPT2Tokenizer" -> new BytePairOptions(PreTokenizer.GPT2, prefixSpace, false, false);
            case "Qwen2Tokenizer" -> new BytePairOptions(PreTokenizer.QWEN2, prefixSpace, true, false);
            default -> throw new UnsupportedTokenizerException("tokenizer_config.json: tokenizer_class "
                    + Texts.quote(name)
                    + " without a tokenizer.json is not supported");
        };
    }

    /// Those that the configuration lists; GPT-2's control token if it lists none.
    private static List<AddedToken> added(JsonObject settings, Map<String, Integer> vocabulary, boolean nfc) {
        List<AddedToken> added = new ArrayList<>();
        settings.object("added_tokens_decoder").ifPresent(tokens -> tokens.value().forEach((key, value) -> {
            JsonObject token = JsonObject.of("added_tokens_decoder", value);
            for (String option : List.of("single_word", "lstrip", "rstrip")) {
                if (token.flag(option, false)) {
                    throw new UnsupportedTokenizerException("an added token with " + option + " is not supported");
                }
            }
            boolean special = token.flag("special", false);
            added.add(new AddedToken(JsonObject.id(number((String) key), () -> "an added token's id"),
                    token.string("content").orElse(""), special,
                    nfc && token.flag("normalized", !special)));
        }));
        if (added.isEmpty() && vocabulary.containsKey(END_OF_TEXT)) {
            added.add(new AddedToken(vocabulary.get(END_OF_TEXT), END_OF_TEXT, true, false));
        }
        return added;
    }

    /// The key of `added_tokens_decoder` as a number, or as it is if it is none.
    private static Object number(String key) {
        return key.matches("[0-9]{1,9}") ? (Object) Long.valueOf(key) : key;
    }

    /// The lines but for a first one that names the version, and blank ones at the end.
    private static List<String> merges(String text) {
        List<String> lines = new ArrayList<>(List.of(text.stripTrailing().split("\r?\n")));
        if (lines.getFirst().startsWith("#version") || lines.getFirst().isEmpty()) {
            lines.removeFirst();
        }
        return lines;
    }
}
