package dev.chagres.tokenizer;

import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the tokenizer in a GGUF file's metadata (`tokenizer.ggml.*`, GGUF specification): model `gpt2`, a byte-level
/// byte-pair encoding with its cut by name, and model `llama`, a pair encoding of characters with scores. What the ids
/// of a text depend on and is not known here is refused by name.
///
/// Without effect on the ids of a text, and not read: which start and end tokens are added.
final class GgufTokenizer {
    private static final String KEYS = "tokenizer.ggml.";
    /// Token types of the format.
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private final GgufHeader header;
    private final List<String> tokens;

    private GgufTokenizer(GgufHeader header) {
        this.header = header;
        tokens = header.strings(KEYS + "tokens").orElseThrow(() -> unsupported("has no tokens"));
    }

    /// The tokenizer; [TokenizerInfo#NONE] if the file says that there is none.
    ///
    /// @throws UnsupportedTokenizerException naming the feature, without the file
    static TokenizerInfo read(GgufHeader header) {
        try {
            String model = header.string(KEYS + "model").orElse("none");
            return switch (model) {
                case "none" -> TokenizerInfo.NONE;
                case "gpt2" -> TokenizerInfo.ofBytePairs(new GgufTokenizer(header).bytePairs());
                case "llama" -> TokenizerInfo.ofCharacterPairs(new GgufTokenizer(header).characterPairs());
                default -> throw unsupported("tokenizer model " + Texts.quote(model) + " is not supported");
            };
        } catch (IllegalArgumentException | GgufException e) {
            throw new UnsupportedTokenizerException(e.getMessage());
        }
    }

    /// How the file wants conversations written; empty if it does not say.
    ///
    /// @throws UnsupportedTokenizerException if it cannot be carried
    static Optional<ChatTemplate> chat(GgufHeader header) {
        try {
            return header.string("tokenizer.chat_template").map(text -> new ChatTemplate(
                    text, token(header, "bos_token_id"), token(header, "eos_token_id")));
        } catch (IllegalArgumentException | GgufException e) {
            throw new UnsupportedTokenizerException(e.getMessage());
        }
    }

    private static String token(GgufHeader header, String key) {
        List<String> tokens = header.strings(KEYS + "tokens").orElse(List.of());
        return header.integer(KEYS + key).filter(id -> id >= 0 && id < tokens.size())
                .map(id -> tokens.get(id.intValue())).orElse("");
    }

    private BytePairs bytePairs() {
        String name = header.string(KEYS + "pre").orElseThrow(() -> unsupported(
                "tokenizer.ggml.pre is missing, so how a text is cut is unknown; convert the model with a newer "
                        + "llama.cpp"));
        PreTokenizer cut = PreTokenizer.ofGgufName(name)
                .orElseThrow(() -> unsupported("the pre-tokenizer " + Texts.quote(name) + " is not supported"));
        List<String> merges = header.strings(KEYS + "merges").orElseThrow(() -> unsupported("has no merges"));
        Map<String, Integer> vocabulary = LinkedHashMap.newLinkedHashMap(tokens.size());
        for (String token : tokens) {
            Integer other = vocabulary.put(token, vocabulary.size());
            if (other != null) {
                throw unsupported("two tokens are " + Texts.quote(token));
            }
        }
        // What the published tokenizers of these names do; the file does not say it.
        boolean nfc = cut == PreTokenizer.QWEN2;
        boolean ignoreMerges = cut == PreTokenizer.LLAMA3;
        BytePairOptions options = new BytePairOptions(
                cut, header.bool(KEYS + "add_space_prefix").orElse(false), nfc, ignoreMerges);
        return BytePairs.ofAlphabet(vocabulary, merges, added(false), options);
    }

    private CharacterPairs characterPairs() {
        if (header.bool(KEYS + "remove_extra_whitespaces").orElse(false)) {
            throw unsupported("remove_extra_whitespaces is not supported");
        }
        if (header.metadata().containsKey(KEYS + "precompiled_charsmap")) {
            throw unsupported("precompiled_charsmap, a normaliser, is not supported");
        }
        double[] scores = header.numbers(KEYS + "scores").orElseThrow(() -> unsupported("has no scores"));
        List<AddedToken> added = added(true);
        boolean bytes = Arrays.stream(types()).anyMatch(type -> type == BYTE);
        boolean prefix = header.bool(KEYS + "add_space_prefix").orElse(true);
        return CharacterPairs.byScore(tokens, scores, added, new CharacterPairOptions(
                prefix ? CharacterPairOptions.Prefix.EACH : CharacterPairOptions.Prefix.NONE, bytes));
    }

    private long[] types() {
        long[] types = header.integers(KEYS + "token_type")
                .orElseThrow(() -> unsupported("tokenizer.ggml.token_type is missing"));
        if (types.length != tokens.size()) {
            throw unsupported(types.length + " token types for " + tokens.size() + " tokens");
        }
        return types;
    }

    /// Tokens that are no ordinary ones: text never becomes those that control the model or that it never learnt.
    ///
    /// @param bytes whether tokens may stand for bytes by their names
    private List<AddedToken> added(boolean bytes) {
        List<AddedToken> added = new ArrayList<>();
        long[] types = types();
        for (int id = 0; id < types.length; id++) {
            String token = tokens.get(id);
            switch (Math.clamp(types[id], -1, Integer.MAX_VALUE)) {
                case NORMAL -> {
                }
                case UNKNOWN, CONTROL, UNUSED -> added.add(new AddedToken(id, token, true, false));
                case USER_DEFINED -> added.add(new AddedToken(id, token, false, false));
                case BYTE -> {
                    if (!bytes || CharacterPairs.byteOf(token) < 0) {
                        throw unsupported("the token " + Texts.quote(token) + " of type byte is not supported");
                    }
                }
                default -> throw unsupported("token type " + types[id] + " is not supported");
            }
        }
        return added;
    }

    private static UnsupportedTokenizerException unsupported(String cause) {
        return new UnsupportedTokenizerException(cause);
    }
}
