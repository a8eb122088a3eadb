package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which tokenizer a model folder has.
class TokenizersTest {
    private static final String BYTE_LEVEL =
            "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true}";
    private static final String NO_REGEX =
            "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false}";
    private static final String LLAMA3 =
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}"
            + "| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+";

    @TempDir
    Path folder;

    @Test
    void gpt2IsKnownByItsFiles() throws IOException {
        copy("tokenizer/encoder.json", "vocab.json");
        copy("tokenizer/vocab.bpe", "merges.txt");
        assertThat(Tokenizers.ofFolder(folder, 50257)).isEqualTo(
                new FoundTokenizer(TokenizerInfo.R50K_BASE,
                "GPT-2's encoding (r50k_base) from vocab.json with merges.txt"));
        assertThat(Tokenizers.ofFolder(folder, 50304).note()).endsWith("; ids from 50257 on are shown as numbers");
        assertThatThrownBy(() -> Tokenizers.ofFolder(folder, 4096)).isInstanceOf(TokenizerException.class)
                .hasMessage(folder.resolve("vocab.json")
                + ": has token ids up to 50256, but the model has a vocabulary of 4096;"
                        + " is it another model's?");
        String merges = Files.readString(folder.resolve("merges.txt"));
        Files.writeString(folder.resolve("merges.txt"), merges.substring(merges.indexOf('\n') + 1).replace("\n",
                "\r\n"));
        assertThat(Tokenizers.ofFolder(folder, 50257).info()).isEqualTo(TokenizerInfo.R50K_BASE);
        write("tokenizer_config.json", "{\"tokenizer_class\": \"GPT2TokenizerFast\", \"add_prefix_space\": true}");
        assertThat(Tokenizers.ofFolder(folder, 50257).info().kind()).isEqualTo(TokenizerInfo.Kind.BYTE_PAIR);
        write("tokenizer_config.json", "{\"tokenizer_class\": \"BartTokenizer\"}");
        assertThat(Tokenizers.ofFolder(folder, 50257))
                .isEqualTo(new FoundTokenizer(TokenizerInfo.NONE, "token ids only:"
                + " vocab.json with merges.txt: tokenizer_config.json: tokenizer_class 'BartTokenizer' without a"
                + " tokenizer.json"
                + " is not supported"));
    }

    @Test
    void gpt2IsKnownByItsTokenizerJson() throws IOException {
        String vocabulary = Files.readString(TestData.path("tokenizer/encoder.json"));
        String merges = Files.readString(TestData.path("tokenizer/vocab.bpe")).lines().skip(1)
                .map(line -> '"' + line.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(","));
        String added = "{\"id\": 50256, \"content\": \"<|endoftext|>\", \"special\": true, \"normalized\": true}";
        write("tokenizer.json", tokenizerJson(added, "null", BYTE_LEVEL, vocabulary, merges, ""));
        assertThat(Tokenizers.ofFolder(folder, 50257)).isEqualTo(
                new FoundTokenizer(TokenizerInfo.R50K_BASE, "GPT-2's encoding (r50k_base) from tokenizer.json"));
        // One merge less is another tokenizer, whatever its size.
        write("tokenizer.json", tokenizerJson(
                added, "null", BYTE_LEVEL, vocabulary, merges.substring(0, merges.lastIndexOf(",\"")), ""));
        assertThat(Tokenizers.ofFolder(folder, 50257).info().kind()).isEqualTo(TokenizerInfo.Kind.BYTE_PAIR);
    }

    @Test
    void smolLm2() throws IOException {
        SmolLm2 source = new SmolLm2();
        write("tokenizer.json", source.tokenizerJson());
        assertThat(Tokenizers.ofFolder(folder, 49152)).isEqualTo(
                new FoundTokenizer(source.info(), "a byte-pair encoding of 49152 tokens from tokenizer.json"));
    }

    @Test
    void casesOfTheSharedData() throws IOException {
        FoundTokenizer own = Tokenizers.ofFolder(TestData.path("cases/own-tokenizer/model"), 50257);
        assertThat(own.info()).isEqualTo(TokenizerInfo.NONE);
        assertThat(own.note()).isEqualTo(
                "token ids only: vocab.json with merges.txt: merge 'x y' needs the token 'x', which the"
                + " vocabulary lacks");
        FoundTokenizer padded = Tokenizers.ofFolder(TestData.path("cases/padded-vocabulary/model"), 50304);
        assertThat(padded.info()).isEqualTo(TokenizerInfo.R50K_BASE);
        assertThat(padded.note()).contains("is assumed", "50304", "ids from 50257 on are shown as numbers");
        FoundTokenizer characters = Tokenizers.ofFolder(TestData.path("cases/calibration-unknown-character/model"), 32);
        String text = Files.readString(TestData.path("cases/calibration-unknown-character/cal.txt"));
        assertThatThrownBy(() -> characters.info().tokenizer().orElseThrow().encode(text))
                .isInstanceOf(TokenizerException.class).hasMessageStartingWith("character ")
                .hasMessageContaining(" at position ");
    }

    @Test
    void bundledAndSharedModels() throws IOException {
        FoundTokenizer llama = Tokenizers.ofFolder(TestData.path("models/tinyshakespeare-llama-char"), 65);
        assertThat(Tokenizers.of(TestData.path("models/tinyshakespeare-llama-char"), 65)).isEqualTo(llama);
        assertThat(Tokenizers.of(TestData.path("models/tinyshakespeare-llama-char/model-q8_0.gguf"), 65)).isEqualTo(
                new FoundTokenizer(TokenizerInfo.NONE, "token ids only: the GGUF file has no tokenizer"));
        assertThat(llama.note()).isEqualTo("one token per character, 65 characters from tokenizer.json");
        assertThat(llama.info()).isEqualTo(Tokenizers.ofFolder(TestData.path("models/tinyshakespeare-char-0.8m"),
                65).info());
        assertThat(Tokenizers.ofFolder(TestData.path("models/gpt2-basic-463k"), 4096)).isEqualTo(new FoundTokenizer(
                TokenizerInfo.NONE,
                "token ids only: no tokenizer.json, no vocab.json with merges.txt, no chars.json in the model's"
                        + " folder"));
        assertThat(Tokenizers.ofFolder(TestData.path("models/gpt2-small-partial"), 50257).info())
                .isEqualTo(TokenizerInfo.R50K_BASE);
    }

    @ParameterizedTest
    @CsvSource({"gpt2, 50257, true", "gpt2, 50260, true", "gpt2, 50304, true", "gpt2, 50432, true", "gpt2, 51200, true",
        "gpt2, 50256, false", "gpt2, 50305, false", "gpt2, 51264, false", "gpt2, 32000, false", "llama, 50257, false"})
    void withoutFilesGpt2IsAssumedByTypeAndSize(String type, int vocabulary, boolean assumed) throws IOException {
        write("config.json", "{\"model_type\": \"" + type + "\"}");
        assertThat(Tokenizers.ofFolder(folder, vocabulary).info())
                .isEqualTo(assumed ? TokenizerInfo.R50K_BASE : TokenizerInfo.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokenizer.model", "vocab.txt", "vocab.json", "merges.txt"})
    void nothingIsAssumedBesideAForeignTokenizer(String file) throws IOException {
        write("config.json", "{\"model_type\": \"gpt2\"}");
        write(file, "x");
        assertThat(Tokenizers.ofFolder(folder, 50257)).isEqualTo(
                new FoundTokenizer(TokenizerInfo.NONE, "token ids only: " + file + " alone is not supported"));
    }

    @Test
    void emptyFolder() throws IOException {
        assertThat(Tokenizers.ofFolder(folder, 50257).info()).isEqualTo(TokenizerInfo.NONE);
    }

    @Test
    void characterTables() throws IOException {
        write("chars.json", "[\"a\", \"\\n\", \"\\ud83d\\ude00\"]");
        assertThat(Tokenizers.ofFolder(folder, 3)).isEqualTo(new FoundTokenizer(
                TokenizerInfo.ofCharacters(List.of("a", "\n", "😀")),
                "one token per character, 3 characters from chars.json"));
        assertThat(Tokenizers.ofFolder(folder, 4).note()).endsWith("; ids from 3 on are shown as numbers");
        write("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\"}}");
        assertThat(Tokenizers.ofFolder(folder, 3).note())
                .isEqualTo("one token per character, 3 characters from chars.json;"
                + " not used: tokenizer.json: model type WordPiece is not supported");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[\"a\", \"b\", \"c\", \"d\"] | token ids up to 3",
        "{\"a\": 1} | is not an array",
        "[\"a\", \"b\", 3] | is not an array of one-character strings",
        "[\"a\", \"bc\", \"d\"] | entry 1 is 'bc', need one character",
        "[\"a\", \"b\", \"a\"] | entries 0 and 2 are both 'a' (U+0061)",
        "[] | belongs to",
        "[\"a\", | not valid JSON: line 2: the text ends early",
        "version https://git-lfs.github.com/spec/v1 | is a Git LFS pointer"})
    void brokenTablesAreRefused(String table, String cause) throws IOException {
        write("chars.json", table + "\n");
        assertThatThrownBy(() -> Tokenizers.ofFolder(folder, 3)).isInstanceOf(TokenizerException.class)
                .hasMessageStartingWith(folder.resolve("chars.json") + ": ").hasMessageContaining(cause);
    }

    @Test
    void filesThatAreNotTextAreRefused() throws IOException {
        Files.write(folder.resolve("tokenizer.json"), new byte[] {'"', (byte) 0xFF, '"'});
        assertThatThrownBy(() -> Tokenizers.ofFolder(folder, 3)).hasMessage(folder.resolve("tokenizer.json")
                + ": is not UTF-8 text");
    }

    @Test
    void expressionsOfTokenizerJson() throws IOException {
        assertThat(preTokenizer(BYTE_LEVEL)).isEqualTo(PreTokenizer.GPT2);
        assertThat(preTokenizer(sequence(BYTE_LEVEL))).isEqualTo(PreTokenizer.GPT2);
        assertThat(preTokenizer(sequence("{\"type\": \"Digits\", \"individual_digits\": true}, " + BYTE_LEVEL)))
                .isEqualTo(PreTokenizer.DIGITS_THEN_GPT2);
        assertThat(preTokenizer(sequence(split(LLAMA3, "Isolated", false) + NO_REGEX))).isEqualTo(PreTokenizer.LLAMA3);
        assertThat(preTokenizer(sequence(split(LLAMA3, "Removed", true) + NO_REGEX))).isEqualTo(PreTokenizer.LLAMA3);
        assertThat(preTokenizer(sequence(split(LLAMA3.replace("{1,3}", ""), "Isolated", false) + NO_REGEX)))
                .isEqualTo(PreTokenizer.QWEN2);
    }

    private PreTokenizer preTokenizer(String json) throws IOException {
        write("tokenizer.json", small("null", json, ""));
        return Tokenizers.ofFolder(folder, 9).info().bytePairs().orElseThrow().options().preTokenizer();
    }

    @Test
    void optionsOfTokenizerJson() throws IOException {
        write("tokenizer.json", small("{\"type\": \"NFC\"}", BYTE_LEVEL.replace("false", "true"),
                "\"ignore_merges\": true,"));
        assertThat(Tokenizers.ofFolder(folder, 9).info().bytePairs().orElseThrow().options())
                .isEqualTo(new BytePairOptions(PreTokenizer.GPT2, true, true, true));
        write("tokenizer.json", small("{\"type\": \"Sequence\", \"normalizers\": []}", BYTE_LEVEL, ""));
        assertThat(Tokenizers.ofFolder(folder, 9).info().bytePairs().orElseThrow().options())
                .isEqualTo(BytePairOptions.of(PreTokenizer.GPT2));
        String pairs = small("null", BYTE_LEVEL, "").replace("\"a b\"", "[\"a\", \"b\"]");
        TokenizerInfo before = Tokenizers.ofFolder(folder, 9).info();
        write("tokenizer.json", pairs);
        assertThat(Tokenizers.ofFolder(folder, 9).info()).isEqualTo(before);
        assertThat(before.addedTokens()).containsExactly(new AddedToken(7, "<s>", true, false));
    }

    @Test
    void whatIsNotSupportedIsNamed() throws IOException {
        Map<String, String> refused = Map.ofEntries(
                Map.entry(small("null", BYTE_LEVEL, "").replace("BPE", "Unigram"),
                "model type Unigram is not supported"),
                Map.entry("{\"model\": {\"type\": \"WordPiece\", \"vocab\": {}}}",
                "model type WordPiece is not supported"),
                Map.entry("{\"model\": {}}", "model type without type is not supported"),
                Map.entry("{}", "has no model"),
                Map.entry("[]", "the file is not an object"),
                Map.entry(small("null", BYTE_LEVEL, "\"byte_fallback\": true,"), "byte_fallback is not supported"),
                Map.entry(small("null", BYTE_LEVEL, "\"dropout\": 0.1,"), "dropout is not supported"),
                Map.entry(small("null", BYTE_LEVEL, "\"end_of_word_suffix\": \"</w>\","),
                "end_of_word_suffix is not supported"),
                Map.entry(small("{\"type\": \"Lowercase\"}", BYTE_LEVEL, ""), "normalizer Lowercase is not supported"),
                Map.entry(small("null", "null", ""), "merging without the ByteLevel pre-tokenizer is not supported"),
                Map.entry(small("null", "{\"type\": \"Metaspace\"}", ""),
                "the Metaspace pre-tokenizer with split is not supported"),
                Map.entry(small("null", NO_REGEX, ""),
                "the ByteLevel pre-tokenizer without use_regex is not supported"),
                Map.entry(small("null", sequence(split("\\\\d", "Isolated", false) + NO_REGEX), ""),
                        "the pre-tokenizer's expression '\\d' is not supported"),
                Map.entry(small("null", sequence(split(LLAMA3, "Removed", false) + NO_REGEX), ""),
                        "the Split pre-tokenizer's behavior is not supported"),
                Map.entry(small("null", sequence(split(LLAMA3, "Isolated", false) + BYTE_LEVEL), ""),
                        "the ByteLevel pre-tokenizer with use_regex after Split is not supported"),
                Map.entry(small("null", BYTE_LEVEL, "").replace("\"id\": 7", "\"lstrip\": true, \"id\": 7"),
                        "an added token with lstrip is not supported"),
                Map.entry(small("null", BYTE_LEVEL, "").replace("\"ab\": 2", "\"ab\": 2.5"),
                        "the id of 'ab' is 2.5, need a whole number below 1048576"),
                Map.entry(small("null", BYTE_LEVEL, "").replace("\"a b\"", "1"),
                "model.merges[0] is not a pair of tokens"));
        for (Map.Entry<String, String> file : refused.entrySet()) {
            write("tokenizer.json", file.getKey());
            assertThat(Tokenizers.ofFolder(folder, 50257)).as(file.getKey()).isEqualTo(
                    new FoundTokenizer(TokenizerInfo.NONE, "token ids only: tokenizer.json: " + file.getValue()));
        }
    }

    private static String sequence(String steps) {
        return "{\"type\": \"Sequence\", \"pretokenizers\": [" + steps + "]}";
    }

    private static String split(String expression, String behavior, boolean invert) {
        return "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"" + expression + "\"}, \"behavior\": \"" + behavior
                + "\", \"invert\": " + invert + "}, ";
    }

    private static String small(String normalizer, String preTokenizer, String options) {
        return tokenizerJson("{\"id\": 7, \"content\": \"<s>\", \"special\": true}", normalizer, preTokenizer,
                "{\"a\": 0, \"b\": 1, \"ab\": 2}", "\"a b\"", options);
    }

    private static String tokenizerJson(
            String added, String normalizer, String preTokenizer, String vocabulary, String merges, String options) {
        return "{\"added_tokens\": [" + added + "], \"normalizer\": " + normalizer + ", \"pre_tokenizer\": "
                + preTokenizer
                + ", \"model\": {\"type\": \"BPE\", " + options + " \"vocab\": " + vocabulary + ", \"merges\": ["
                + merges + "]}}";
    }

    private void copy(String data, String name) throws IOException {
        Files.copy(TestData.path(data), folder.resolve(name));
        folder.resolve(name).toFile().setWritable(true);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
