package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// SmolLM2's tokenizer: digits alone, control tokens, bytes without a token.
class SmolLm2Test {
    private static final String WITHOUT_TOKENS =
            "[\\x04\\x06\\x13\\x14\\x16\\x1D\\x{40000}-\\x{BFFFF}]";

    private static SmolLm2 source;
    private static FoundTokenizer found;
    private static Tokenizer tokenizer;
    private static JsonObject vectors;

    @BeforeAll
    static void load() throws IOException {
        source = new SmolLm2();
        found = Tokenizers.of(SmolLm2.file(), 49152);
        tokenizer = found.info().tokenizer().orElseThrow();
        vectors = TestData.json(SmolLm2.FOLDER + "tokenizer_vectors.json");
    }

    @Test
    void encodings() {
        int refused = 0;
        for (JsonObject vector : vectors.objects("encode")) {
            String text = vector.string("text").orElseThrow();
            boolean special = vector.flag("special", false);
            int[] expected = TestData.ids(vector.items("ids"));
            String whole = text.replaceAll(WITHOUT_TOKENS, "");
            if (!whole.equals(text)) {
                // The library behind the vectors drops these bytes.
                refused++;
                assertThatThrownBy(() -> encode(text, special)).isInstanceOf(TokenizerException.class)
                        .hasMessageContaining("has no token");
            }
            if (text.codePoints().allMatch(c -> c < 0x40000)) {
                assertThat(withoutDropped(text, special)).as(Texts.quote(text)).isEqualTo(expected);
            }
            if (whole.equals(text) && !special) {
                assertThat(tokenizer.decode(expected)).isEqualTo(text);
                assertThat(tokenizer.isCanonical(expected)).as(Texts.quote(text)).isTrue();
            }
        }
        assertThat(refused).isEqualTo(9);
    }

    /// What dropping the characters without tokens gives: they still separate pieces.
    private static int[] withoutDropped(String text, boolean special) {
        if (special) {
            return encode(text, true);
        }
        List<String> pieces = new ArrayList<>();
        source.preTokenizer.split(text, 0, text.length(), (start, end) -> pieces.add(text.substring(start, end)));
        return Pattern.compile(WITHOUT_TOKENS).matcher(text).find()
                ? pieces.stream().flatMapToInt(p ->
                Arrays.stream(encode(p.replaceAll(WITHOUT_TOKENS, ""), false))).toArray()
                : encode(text, false);
    }

    private static int[] encode(String text, boolean special) {
        return special ? tokenizer.encodeWithAddedTokens(text) : tokenizer.encode(text);
    }

    @Test
    void decodings() {
        for (JsonObject vector : vectors.objects("decode")) {
            int[] ids = TestData.ids(vector.items("ids"));
            if (vector.flag("skip_special", false)) {
                ids = Arrays.stream(ids).filter(id -> source.added.stream().noneMatch(t -> t.id() == id)).toArray();
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            Arrays.stream(ids).forEach(id -> bytes.writeBytes(tokenizer.bytes(id)));
            assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo(vector.string("bytes").orElseThrow());
            assertThat(tokenizer.decode(ids)).isEqualTo(vector.string("text").orElseThrow());
        }
    }

    @Test
    void wholeFiles() throws IOException, NoSuchAlgorithmException {
        for (JsonObject file : vectors.objects("whole_files")) {
            int[] ids = tokenizer.encode(Files.readString(TestData.path("eval/" + file.string("file").orElseThrow())));
            assertThat(ids).hasSize(((Long) file.value().get("count")).intValue());
            ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asIntBuffer().put(ids);
            assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array())))
                    .isEqualTo(file.string("sha256").orElseThrow());
        }
    }

    @Test
    void promptsOfTheModelReferences() throws IOException {
        for (JsonObject prompt : TestData.json(SmolLm2.FOLDER + "reference.json").objects("prompts")) {
            int[] expected = TestData.ids(prompt.items("ids"));
            assertThat(encode(prompt.string("prompt").orElseThrow(), prompt.flag("special", false)))
                    .isEqualTo(expected);
        }
    }

    @Test
    void theFileSaysWhatItsPartsSay() {
        assertThat(found.note()).isEqualTo("a byte-pair encoding of 49152 tokens from"
                + " SmolLM2-135M-Instruct.Q4_1.gguf; with a chat template");
        assertThat(found.info().withChat(Optional.empty())).isEqualTo(source.info());
        ChatTemplate chat = found.info().chat().orElseThrow();
        assertThat(chat.text()).startsWith("{% for message in messages %}").endsWith("{% endif %}");
        assertThat(chat.beginOfText()).isEqualTo("<|im_start|>");
        assertThat(chat.endOfText()).isEqualTo("<|im_end|>");
        assertThatThrownBy(() -> Tokenizers.of(SmolLm2.file(), 49151)).isInstanceOf(TokenizerException.class)
                .hasMessageContaining("is it another model's?");
    }

    @Test
    void theJsonFileSaysTheSame() {
        assertThat(HuggingFaceFile.read(Json.parse(source.tokenizerJson()))).isEqualTo(source.info());
    }

    @Test
    void encodedForFiles() {
        byte[] encoded = found.info().encode();
        assertThat(encoded).hasSizeLessThan(200_000);
        assertThat(TokenizerInfo.decode(encoded)).isEqualTo(found.info());
        System.out.println("SmolLM2's tokenizer in a key: " + encoded.length + " bytes; as tokenizer.json at least "
                + source.tokenizerJson().length());
    }

    @Test
    void controlTokensInATextStayText() {
        String template = source.added.stream().map(AddedToken::content).collect(Collectors.joining());
        assertThat(tokenizer.encodeWithAddedTokens(template))
                .isEqualTo(source.added.stream().mapToInt(AddedToken::id).toArray());
        assertThat(tokenizer.encode(template)).doesNotContain(source.added.stream().mapToInt(AddedToken::id).toArray());
        assertThat(tokenizer.decode(tokenizer.encode(template))).isEqualTo(template);
    }
}
