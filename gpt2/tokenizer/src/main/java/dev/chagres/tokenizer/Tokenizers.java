package dev.chagres.tokenizer;

import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Finds the tokenizer of a model: in the metadata of a GGUF file, or in a model folder by the files in it:
///
/// 1. `tokenizer.json` (Hugging Face);
/// 2. else `vocab.json` with `merges.txt`, or `encoder.json` with `vocab.bpe`, the same under their first names;
/// 3. else, or where the former is not supported, `chars.json` (an array of one-character strings, index = id);
/// 4. else, without any file of a tokenizer, GPT-2's encoding where `config.json` says `gpt2` and the vocabulary has
///    its size, perhaps padded;
/// 5. else none: the model takes token ids only.
///
/// An unsupported `tokenizer.json` is never replaced by `vocab.json` with `merges.txt` beside it, which leave out how a
/// text is cut, and would give other ids without a word.
///
/// A chat template comes along, from the file's metadata, from `chat_template.jinja` or from `tokenizer_config.json`.
public final class Tokenizers {
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CHARACTERS = "chars.json";
    private static final String CONFIG = "tokenizer_config.json";
    private static final List<List<String>> PAIRS =
            List.of(List.of("vocab.json", "merges.txt"), List.of("encoder.json", "vocab.bpe"));
    /// Files that tell of a tokenizer this package cannot read.
    private static final List<String> FOREIGN = List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
            "vocab.txt", "tekken.json", "vocab.json", "merges.txt", "encoder.json", "vocab.bpe");
    /// Embeddings are padded to multiples of these, or have a few rows for tokens of a task.
    private static final int[] PADDINGS = {64, 128, 256, 512, 1024};

    private Tokenizers() {}

    /// The tokenizer of a model folder or of a GGUF file.
    ///
    /// @param model      the folder or the file
    /// @param vocabulary as of [#ofFolder]
    /// @throws IOException        as [#ofFolder]
    /// @throws TokenizerException as [#ofFolder], and if the file is no GGUF file
    public static FoundTokenizer of(Path model, int vocabulary) throws IOException {
        return Files.isDirectory(model) ? ofFolder(model, vocabulary) : ofGguf(model, vocabulary);
    }

    private static FoundTokenizer ofGguf(Path file, int vocabulary) throws IOException {
        GgufHeader header;
        try {
            header = GgufHeader.read(file);
        } catch (GgufException e) {
            throw new TokenizerException(file + ": " + e.getMessage(), e);
        }
        TokenizerInfo info;
        try {
            info = GgufTokenizer.read(header);
        } catch (UnsupportedTokenizerException e) {
            return new FoundTokenizer(TokenizerInfo.NONE, "token ids only: " + e.getMessage());
        }
        if (info.equals(TokenizerInfo.NONE)) {
            return new FoundTokenizer(info, "token ids only: the GGUF file has no tokenizer");
        }
        return withChat(found(file, info, vocabulary, file.getFileName().toString(), List.of()),
                () -> GgufTokenizer.chat(header));
    }

    /// Finds a chat template.
    @FunctionalInterface
    private interface ChatSource {
        Optional<ChatTemplate> find() throws IOException;
    }

    /// What was found, with the chat template if there is one that can be carried.
    private static FoundTokenizer withChat(FoundTokenizer found, ChatSource source) throws IOException {
        try {
            return source.find().map(chat -> new FoundTokenizer(found.info().withChat(Optional.of(chat)),
                    found.note() + "; with a chat template")).orElse(found);
        } catch (UnsupportedTokenizerException e) {
            return new FoundTokenizer(found.info(), found.note() + "; without its chat template: " + e.getMessage());
        }
    }

    /// The tokenizer of a model.
    ///
    /// @param folder     the model's folder
    /// @param vocabulary rows of its embedding; more than the tokenizer has ids is fine, the rest are spare
    /// @throws IOException        if a file is there and cannot be read
    /// @throws TokenizerException if a file is broken (not JSON, a Git LFS pointer, not a character table) or the
    ///     tokenizer has more ids than the vocabulary; the message begins with the file
    public static FoundTokenizer ofFolder(Path folder, int vocabulary) throws IOException {
        List<String> refused = new ArrayList<>();
        Optional<FoundTokenizer> found = ofTokenizerJson(folder, vocabulary, refused);
        if (found.isEmpty() && refused.isEmpty()) {
            found = ofPair(folder, vocabulary, refused);
        }
        if (found.isEmpty()) {
            found = ofCharacters(folder, vocabulary, refused);
        }
        if (found.isPresent()) {
            return withChat(found.get(), () -> FolderChat.find(folder));
        }
        FOREIGN.stream().filter(name -> refused.isEmpty() && Files.exists(folder.resolve(name))).findFirst()
                .ifPresent(name -> refused.add(name + " alone is not supported"));
        if (refused.isEmpty() && mayBePaddedGpt2(vocabulary) && saysGpt2(folder)) {
            return new FoundTokenizer(TokenizerInfo.R50K_BASE,
                    "no tokenizer files; GPT-2's encoding (r50k_base) is assumed, as config.json says gpt2 with a"
                            + " vocabulary of " + vocabulary + spare(TokenizerInfo.R50K_BASE, vocabulary));
        }
        String reason = refused.isEmpty()
                ? "no tokenizer.json, no vocab.json with merges.txt, no chars.json in the model's folder"
                : String.join("; ", refused);
        return new FoundTokenizer(TokenizerInfo.NONE, "token ids only: " + reason);
    }

    private static Optional<FoundTokenizer> ofTokenizerJson(Path folder, int vocabulary, List<String> refused)
            throws IOException {
        Path file = folder.resolve(TOKENIZER);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Object json = TokenizerFile.readJson(file);
        try {
            return Optional.of(found(file, HuggingFaceFile.read(json), vocabulary, TOKENIZER, refused));
        } catch (UnsupportedTokenizerException e) {
            refused.add(TOKENIZER + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<FoundTokenizer> ofPair(Path folder, int vocabulary, List<String> refused)
            throws IOException {
        for (List<String> names : PAIRS) {
            Path tokens = folder.resolve(names.get(0));
            Path merges = folder.resolve(names.get(1));
            if (!Files.exists(tokens) || !Files.exists(merges)) {
                continue;
            }
            Path config = folder.resolve(CONFIG);
            String both = names.get(0) + " with " + names.get(1);
            Object json = TokenizerFile.readJson(tokens);
            String lines = TokenizerFile.read(merges);
            Optional<Object> settings =
                    Files.exists(config) ? Optional.of(TokenizerFile.readJson(config)) : Optional.empty();
            try {
                TokenizerInfo info = VocabularyAndMerges.read(json, lines, settings);
                return Optional.of(found(tokens, info, vocabulary, both, refused));
            } catch (UnsupportedTokenizerException e) {
                refused.add(both + ": " + e.getMessage());
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<FoundTokenizer> ofCharacters(Path folder, int vocabulary, List<String> refused)
            throws IOException {
        Path file = folder.resolve(CHARACTERS);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Object json = TokenizerFile.readJson(file);
        if (!(json instanceof List<?> items) || !items.stream().allMatch(String.class::isInstance)) {
            throw new TokenizerException(file + ": is not an array of one-character strings");
        }
        try {
            TokenizerInfo info = TokenizerInfo.ofCharacters(items.stream().map(String.class::cast).toList());
            return Optional.of(found(file, info, vocabulary, CHARACTERS, refused));
        } catch (IllegalArgumentException e) {
            throw new TokenizerException(file + ": " + e.getMessage(), e);
        }
    }

    private static FoundTokenizer found(
            Path file, TokenizerInfo info, int vocabulary, String source, List<String> refused) {
        if (info.size() > vocabulary) {
            throw new TokenizerException(file + ": has token ids up to " + (info.size() - 1)
                    + ", but the model has a vocabulary of " + vocabulary + "; is it another model's?");
        }
        String instead = refused.stream().map(cause -> "; not used: " + cause).collect(Collectors.joining());
        return new FoundTokenizer(info, info.describe() + " from " + source + instead + spare(info, vocabulary));
    }

    private static String spare(TokenizerInfo info, int vocabulary) {
        return info.size() < vocabulary ? "; ids from " + info.size() + " on are shown as numbers" : "";
    }

    private static boolean mayBePaddedGpt2(int vocabulary) {
        return vocabulary >= R50kBase.SIZE && vocabulary <= padded(PADDINGS[0])
                || IntStream.of(PADDINGS).anyMatch(multiple -> padded(multiple) == vocabulary);
    }

    private static int padded(int multiple) {
        return Math.ceilDiv(R50kBase.SIZE, multiple) * multiple;
    }

    private static boolean saysGpt2(Path folder) throws IOException {
        Path config = folder.resolve("config.json");
        return Files.exists(config)
                && TokenizerFile.readJson(config) instanceof Map<?, ?> settings
                && "gpt2".equals(settings.get("model_type"));
    }
}
