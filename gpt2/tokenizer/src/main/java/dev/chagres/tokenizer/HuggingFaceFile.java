package dev.chagres.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads Hugging Face's `tokenizer.json`: byte-level byte-pair encodings, pair encodings of characters with U+2581 for
/// a space, and encodings without merges whose tokens are single characters, which are character tables. What the ids
/// of a text depend on and is not known here is refused by name.
///
/// Without effect on the ids of a text, and not read: `truncation`, `padding`, `decoder`, `trim_offsets`, and
/// `post_processor`, which adds start and end tokens that are not part of the text.
final class HuggingFaceFile {
    private final JsonObject root;
    private final JsonObject model;

    private HuggingFaceFile(Object json) {
        root = JsonObject.of("the file", json);
        model = new JsonObject("", root.value()).object("model").orElseThrow(() -> unsupported("has no model"));
    }

    /// @throws UnsupportedTokenizerException naming the feature, without the file
    static TokenizerInfo read(Object json) {
        try {
            return new HuggingFaceFile(json).info();
        } catch (IllegalArgumentException e) {
            throw new UnsupportedTokenizerException(e.getMessage());
        }
    }

    private TokenizerInfo info() {
        checkModel();
        Map<String, Integer> vocabulary =
                model.object("vocab").orElseThrow(() -> unsupported("has no model.vocab")).ids();
        Optional<JsonObject> preTokenizer = top("pre_tokenizer");
        if (CharacterPairFile.describes(root, model)) {
            return TokenizerInfo.ofCharacterPairs(
                    CharacterPairFile.read(root, model, vocabulary, merges(), added(false)));
        }
        require(!model.flag("byte_fallback", false), "byte_fallback");
        if (preTokenizer.isEmpty() || preTokenizer.get().type().equals("Split")) {
            return characters(preTokenizer, vocabulary);
        }
        boolean nfc = nfc();
        BytePairOptions options = options(preTokenizer.get(), nfc, model.flag("ignore_merges", false));
        return TokenizerInfo.ofBytePairs(BytePairs.ofAlphabet(vocabulary, merges(), added(nfc), options));
    }

    private void checkModel() {
        boolean pairs = model.value().containsKey("merges") && model.value().containsKey("vocab");
        String type = model.string("type").orElse(pairs ? "BPE" : "without type");
        require(type.equals("BPE"), "model type " + type);
        require(model.string("continuing_subword_prefix").orElse("").isEmpty(), "continuing_subword_prefix");
        require(model.string("end_of_word_suffix").orElse("").isEmpty(), "end_of_word_suffix");
        Object dropout = model.value().get("dropout");
        require(dropout == null || dropout instanceof Number n && n.doubleValue() == 0, "dropout");
    }

    private TokenizerInfo characters(Optional<JsonObject> preTokenizer, Map<String, Integer> vocabulary) {
        require(merges().isEmpty(), "merging without the ByteLevel pre-tokenizer");
        require(root.items("added_tokens").isEmpty(), "added_tokens with a character table");
        require(!nfc(), "a normalizer with a character table");
        preTokenizer.ifPresent(split -> require(
                isSplit(split, "[\\s\\S]"), "the pre-tokenizer's expression with a character table"));
        String[] characters = new String[vocabulary.size()];
        vocabulary.forEach((character, id) -> {
            require(id < characters.length, "holes between the ids of a character table");
            require(characters[id] == null, "one id for two characters");
            characters[id] = character;
        });
        return TokenizerInfo.ofCharacters(List.of(characters));
    }

    private boolean nfc() {
        Optional<JsonObject> normalizer = top("normalizer");
        if (normalizer.isEmpty()) {
            return false;
        }
        List<JsonObject> steps = normalizer.get().type().equals("Sequence")
                ? normalizer.get().objects("normalizers") : List.of(normalizer.get());
        for (JsonObject step : steps) {
            require(step.type().equals("NFC"), "normalizer " + step.type());
        }
        return !steps.isEmpty();
    }

    private static BytePairOptions options(JsonObject preTokenizer, boolean nfc, boolean ignoreMerges) {
        if (preTokenizer.type().equals("ByteLevel")) {
            require(preTokenizer.flag("use_regex", true), "the ByteLevel pre-tokenizer without use_regex");
            boolean prefixSpace = preTokenizer.flag("add_prefix_space", true);
            return new BytePairOptions(PreTokenizer.GPT2, prefixSpace, nfc, ignoreMerges);
        }
        require(preTokenizer.type().equals("Sequence"), "pre-tokenizer " + preTokenizer.type());
        List<JsonObject> steps = preTokenizer.objects("pretokenizers");
        if (steps.size() == 1) {
            return options(steps.getFirst(), nfc, ignoreMerges);
        }
        require(steps.size() == 2 && steps.get(1).type().equals("ByteLevel"),
                "the pre-tokenizer sequence " + steps.stream().map(JsonObject::type).toList());
        // After a cut, a prefix space would come in front of every part.
        require(!steps.get(1).flag("add_prefix_space", true), "add_prefix_space inside a pre-tokenizer sequence");
        return new BytePairOptions(
                cut(steps.get(0), steps.get(1).flag("use_regex", true)), false, nfc, ignoreMerges);
    }

    private static PreTokenizer cut(JsonObject first, boolean thenGpt2) {
        if (first.type().equals("Digits")) {
            require(first.flag("individual_digits", false), "the Digits pre-tokenizer without individual_digits");
            require(thenGpt2, "the ByteLevel pre-tokenizer without use_regex after Digits");
            return PreTokenizer.DIGITS_THEN_GPT2;
        }
        require(first.type().equals("Split"), "pre-tokenizer " + first.type());
        require(!thenGpt2, "the ByteLevel pre-tokenizer with use_regex after Split");
        String expression = first.object("pattern").flatMap(p -> p.string("Regex"))
                .orElseThrow(() -> unsupported("a Split pre-tokenizer without an expression is not supported"));
        require(isSplit(first, expression), "the Split pre-tokenizer's behavior");
        return PreTokenizer.ofExpression(expression).orElseThrow(
                () -> unsupported("the pre-tokenizer's expression " + Texts.quote(expression) + " is not supported"));
    }

    /// Whether every match is a piece. What no match covers would be a piece too, or be lost; the known expressions
    /// cover all.
    private static boolean isSplit(JsonObject split, String expression) {
        String behavior = split.string("behavior").orElse("");
        boolean invert = split.flag("invert", false);
        return split.object("pattern").flatMap(p -> p.string("Regex")).filter(expression::equals).isPresent()
                && (behavior.equals("Isolated") && !invert || behavior.equals("Removed") && invert);
    }

    private List<String> merges() {
        List<String> merges = new ArrayList<>();
        for (Object merge : model.items("merges")) {
            if (merge instanceof String names) {
                merges.add(names);
            } else if (merge instanceof List<?> pair && pair.size() == 2
                    && pair.get(0) instanceof String left && pair.get(1) instanceof String right) {
                merges.add(left + " " + right);
            } else {
                throw unsupported("model.merges[" + merges.size() + "] is not a pair of tokens");
            }
        }
        return merges;
    }

    private List<AddedToken> added(boolean nfc) {
        List<AddedToken> added = new ArrayList<>();
        for (JsonObject token : root.objects("added_tokens")) {
            for (String option : List.of("single_word", "lstrip", "rstrip")) {
                require(!token.flag(option, false), "an added token with " + option);
            }
            String content = token.string("content").orElse("");
            boolean special = token.flag("special", false);
            // Without a normaliser the text after normalisation is the text.
            added.add(new AddedToken(token.id("id"), content, special, nfc && token.flag("normalized", !special)));
        }
        return added;
    }

    private Optional<JsonObject> top(String name) {
        return new JsonObject("", root.value()).object(name);
    }

    private static void require(boolean holds, String feature) {
        if (!holds) {
            throw unsupported(feature + " is not supported");
        }
    }

    private static UnsupportedTokenizerException unsupported(String cause) {
        return new UnsupportedTokenizerException(cause);
    }
}
