package dev.chagres.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void values() {
        assertThat(Json.parse("""
                 {"a" : [1, -2.5e1, true, false, null, {}, []], "b": "\\u00e9\\ud83d\\ude00\\n\\"\\/"}
                """))
                .isEqualTo(Map.of("a",
                        Arrays.asList(1L, -25.0, true, false, null, Map.of(), List.of()), "b", "é😀\n\"/"));
        assertThat(Json.parse("0")).isEqualTo(0L);
        assertThat(Json.parse("12345678901234567890")).isEqualTo(1.2345678901234567E19);
        assertThat(Json.parse("\"\"")).isEqualTo("");
        assertThat(Json.parse("[".repeat(60) + "]".repeat(60))).isInstanceOf(List.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01",
        "-", "1.", ".5", "+1", "1e", "nul", "truee", "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"", "\"\n\"", "'a'", "[1] 2", "// c\n1", "NaN", "{\"a\":1,\"a\":2}", "\uFEFF1", "[1 2]",
        "{\"a\" 1}", "\"\\u\u0661234\"", "\u00A01"})
    void refused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void deepNestingIsRefused(String open) {
        assertThatThrownBy(() -> Json.parse(open.repeat(1_000_000))).hasMessage("line 1: more than 64 levels");
    }

    @Test
    void errorsNameTheLine() {
        assertThatThrownBy(() -> Json.parse("{\n\"a\": 1\n\"b\": 2}"))
                .hasMessage("line 3: need a comma or a closing brace");
    }

    @Test
    void mutatedTextsAreReadOrRefused() {
        String text = """
                {"model": {"vocab": {"a\\u0041": 1, "\\n": -2.0e+1}, "merges": ["a b", ["c", "d"]],
                 "x": [true, null]}}""";
        int read = 0;
        for (long seed = 0; seed < 50_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder changed = new StringBuilder(text);
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                int at = random.nextInt(changed.length());
                switch (random.nextInt(3)) {
                    case 0 -> changed.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                    case 1 -> changed.deleteCharAt(at);
                    default -> changed.insert(
                            at, changed.substring(at, Math.min(changed.length(), at + random.nextInt(9))));
                }
            }
            try {
                Json.parse(changed.toString());
                read++;
            } catch (IllegalArgumentException refused) {
                assertThat(refused.getMessage()).startsWith("line ");
            }
        }
        assertThat(read).isBetween(1_000, 40_000);
    }
}
