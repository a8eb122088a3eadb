package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// GPT-2's encoding against its own files and published encodings.
class R50kBaseTest {
    private static final Tokenizer R50K = TokenizerInfo.R50K_BASE.tokenizer().orElseThrow();

    @Test
    void theResourceIsMadeOfThePublishedFiles() throws IOException {
        TokenizerInfo info = VocabularyAndMerges.read(
                TokenizerFile.readJson(TestData.path("tokenizer/encoder.json")),
                Files.readString(TestData.path("tokenizer/vocab.bpe")), Optional.empty());
        assertThat(info).isEqualTo(TokenizerInfo.R50K_BASE);
        assertThat(R50kBase.pairs().encoded()).hasSize(192_552);
    }

    @Test
    void publishedEncodings() throws IOException {
        List<List<String>> rows = csv(Files.readString(TestData.path("tokenizer/jtokkit_r50k_base_encodings.csv")));
        assertThat(rows).hasSize(424);
        for (List<String> row : rows.subList(1, rows.size())) {
            int[] expected = TestData.ids((List<?>) Json.parse(row.get(1)));
            assertThat(R50K.encode(row.get(0))).as(row.get(0)).isEqualTo(expected);
            assertThat(R50K.decode(expected)).isEqualTo(row.get(0));
            assertThat(R50K.isCanonical(expected)).isTrue();
        }
    }

    @Test
    void huggingFaceVector() throws IOException {
        JsonObject vector = TestData.json("tokenizer/gpt2_encoded_tokens.json");
        int[] expected = TestData.ids(vector.items("token_ids"));
        assertThat(R50K.encode(vector.string("text").orElseThrow())).isEqualTo(expected);
        assertThat(R50K.decode(expected)).isEqualTo(vector.string("decoded_text").orElseThrow());
    }

    @Test
    void promptsOfTheRealModelReferences() throws IOException {
        for (int i = 0; i < 3; i++) {
            byte[] file = Files.readAllBytes(TestData.path("reference/gpt2_small_real_ex" + i + ".safetensors"));
            int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt();
            JsonObject metadata = JsonObject.of("header",
                    Json.parse(new String(file, 8, length, StandardCharsets.UTF_8)))
                    .object("__metadata__").orElseThrow();
            int[] expected = TestData.ids((List<?>) Json.parse(metadata.string("token_ids").orElseThrow()));
            assertThat(R50K.encode(metadata.string("prompt").orElseThrow())).isEqualTo(expected).isNotEmpty();
        }
    }

    @Test
    void endOfTextInsideATextIsOrdinaryText() {
        int[] ids = R50K.encode("<|endoftext|>");
        assertThat(ids).containsExactly(27, 91, 437, 1659, 5239, 91, 29);
        assertThat(R50K.decode(ids)).isEqualTo("<|endoftext|>");
        assertThat(R50K.isCanonical(ids)).isTrue();
        assertThat(R50K.decode(new int[] {50256})).isEqualTo("<|endoftext|>");
        assertThat(R50K.isCanonical(new int[] {50256})).isFalse();
        assertThat(R50K.encodeWithAddedTokens("a<|endoftext|>b<|endoftext|")).startsWith(64, 50256, 65, 27).hasSize(9);
    }

    @Test
    void everyIdIsAToken() {
        assertThat(R50K.size()).isEqualTo(50257);
        for (int id = 0; id < R50K.size(); id++) {
            assertThat(R50K.decode(new int[] {id})).as("id %d", id).isNotEmpty();
        }
        assertThatThrownBy(() -> R50K.bytes(50257)).isInstanceOf(TokenizerException.class)
                .hasMessage("id 50257 is no token, ids go up to 50256");
    }

    @Test
    void unpairedSurrogatesAreRefusedWithTheirPosition() {
        assertThatThrownBy(() -> R50K.encode("ab\uD83D!")).isInstanceOf(TokenizerException.class)
                .hasMessage("unpaired surrogate U+D83D at position 2 of the text");
        assertThatThrownBy(() -> R50K.encode("😀\uDE00"))
                .hasMessage("unpaired surrogate U+DE00 at position 1 of the text");
        assertThatThrownBy(() -> R50K.encodeWithAddedTokens("\uD83D"))
                .hasMessageStartingWith("unpaired surrogate U+D83D");
    }

    /// RFC 4180: fields may be quoted, quotes inside are doubled.
    private static List<List<String>> csv(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c != '"') {
                    field.append(c);
                } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    field.append(c);
                    i++;
                } else {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == ',' || c == '\n') {
                row.add(field.toString());
                field.setLength(0);
                if (c == '\n') {
                    rows.add(row);
                    row = new ArrayList<>();
                }
            } else if (c != '\r') {
                field.append(c);
            }
        }
        if (!row.isEmpty() || !field.isEmpty()) {
            row.add(field.toString());
            rows.add(row);
        }
        return rows;
    }
}
