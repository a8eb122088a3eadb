package dev.chagres.gpt2.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.TestData;
import dev.chagres.gpt2.weights.Json;
import dev.chagres.gpt2.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BpeTokenizerTest {
    private static final BpeTokenizer BPE = new BpeTokenizer();

    @Test
    void publishedEncodings() throws IOException {
        List<List<String>> rows = csv(Files.readString(TestData.path("tokenizer/jtokkit_r50k_base_encodings.csv")));
        assertThat(rows).hasSize(424);
        assertThat(rows.getFirst()).containsExactly("input", "output", "outputMaxTokens10");
        for (List<String> row : rows.subList(1, rows.size())) {
            int[] expected = ids(row.get(1));
            assertThat(BPE.encode(row.get(0))).as(row.get(0)).isEqualTo(expected);
            assertThat(BPE.decode(expected)).isEqualTo(row.get(0));
        }
    }

    @Test
    void huggingFaceVector() {
        JsonNode vector = Json.read(TestData.path("tokenizer/gpt2_encoded_tokens.json"));
        int[] expected = ids(vector.get("token_ids").toString());
        assertThat(BPE.encode(vector.get("text").stringValue())).isEqualTo(expected);
        assertThat(BPE.decode(expected)).isEqualTo(vector.get("decoded_text").stringValue());
    }

    @Test
    void promptsOfTheRealModelReferences() {
        for (int i = 0; i < 3; i++) {
            Path file = TestData.path("reference/gpt2_small_real_ex" + i + ".safetensors");
            try (SafetensorsFile reference = SafetensorsFile.open(file)) {
                assertThat(BPE.encode(reference.metadata().get("prompt"))).isEqualTo(ids(reference.metadata().get("token_ids")));
            }
        }
    }

    @Test
    void endOfTextInsideATextIsOrdinaryText() {
        int[] ids = BPE.encode("<|endoftext|>");
        assertThat(ids).containsExactly(27, 91, 437, 1659, 5239, 91, 29);
        assertThat(BPE.decode(ids)).isEqualTo("<|endoftext|>");
        assertThat(BPE.decode(new int[] {BpeTokenizer.END_OF_TEXT})).isEqualTo("<|endoftext|>");
    }

    @Test
    void emptyText() {
        assertThat(BPE.encode("")).isEmpty();
        assertThat(BPE.decode(new int[0])).isEmpty();
    }

    @Test
    void everyIdDecodes() {
        for (int id = 0; id < BPE.vocabulary(); id++) {
            assertThat(BPE.decode(new int[] {id})).as("id %d", id).isNotEmpty();
        }
    }

    @Test
    void halfACharacterDecodesToTheReplacementCharacter() {
        assertThat(BPE.decode(new int[] {41840})).contains("\uFFFD");
    }

    @Test
    void refusesWhatItCannotRepresent() {
        assertThatThrownBy(() -> BPE.encode("ab\uD83D!"))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("unpaired surrogate U+D83D at position 2 of the text");
        assertThatThrownBy(() -> BPE.decode(new int[] {1, 50257}))
                .isInstanceOf(TokenizerException.class)
                .hasMessage("token 1 is 50257, the vocabulary has 50257");
        assertThatThrownBy(() -> BPE.decode(new int[] {-1})).isInstanceOf(TokenizerException.class);
    }

    private static int[] ids(String list) {
        String inner = list.substring(1, list.length() - 1);
        return inner.isBlank() ? new int[0] : Arrays.stream(inner.split(",")).map(String::strip).mapToInt(Integer::parseInt).toArray();
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
