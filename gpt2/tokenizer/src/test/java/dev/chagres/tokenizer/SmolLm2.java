package dev.chagres.tokenizer;

import dev.chagres.gguf.GgufHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The parts of SmolLM2's tokenizer in the GGUF file of the shared data, and the `tokenizer.json` that says the same.
final class SmolLm2 {
    static final String FOLDER = "models/smollm2-135m-instruct/";
    private static final long CONTROL = 3;

    final Map<String, Integer> vocabulary = new LinkedHashMap<>();
    final List<String> merges = new ArrayList<>();
    final List<AddedToken> added = new ArrayList<>();
    final PreTokenizer preTokenizer;

    SmolLm2() throws IOException {
        GgufHeader header = GgufHeader.read(file());
        long[] types = header.integers("tokenizer.ggml.token_type").orElseThrow();
        for (String token : header.strings("tokenizer.ggml.tokens").orElseThrow()) {
            int id = vocabulary.size();
            vocabulary.put(token, id);
            if (types[id] == CONTROL) {
                added.add(new AddedToken(id, token, true, false));
            }
        }
        merges.addAll(header.strings("tokenizer.ggml.merges").orElseThrow());
        preTokenizer = PreTokenizer.ofGgufName(header.string("tokenizer.ggml.pre").orElseThrow()).orElseThrow();
    }

    static Path file() {
        return TestData.path(FOLDER + "SmolLM2-135M-Instruct.Q4_1.gguf");
    }

    TokenizerInfo info() {
        return TokenizerInfo.ofBytePairs(
                BytePairs.ofAlphabet(vocabulary, merges, added, BytePairOptions.of(preTokenizer)));
    }

    String tokenizerJson() {
        String tokens = vocabulary.entrySet().stream().map(e -> string(e.getKey()) + ": " + e.getValue())
                .collect(Collectors.joining(", "));
        String pairs = merges.stream().map(SmolLm2::string).collect(Collectors.joining(", "));
        String specials = added.stream().map(t -> "{\"id\": " + t.id() + ", \"content\": " + string(t.content())
                + ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
                + " \"special\": true}")
                .collect(Collectors.joining(", "));
        return """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
                  {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
                 "post_processor": null, "decoder": {"type": "ByteLevel"},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": {%s}, "merges": [%s]}}
                """.formatted(specials, tokens, pairs);
    }

    private static String string(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
