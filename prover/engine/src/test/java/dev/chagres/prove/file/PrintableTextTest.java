package dev.chagres.prove.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTextTest {
    @ParameterizedTest
    @CsvSource({
        "202E, <U+202E>", "2066, <U+2066>", "1B, <U+001B>", "9B, <U+009B>", "A, <U+000A>", "7F, <U+007F>",
        "FEFF, <U+FEFF>",
        "2028, <U+2028>", "E0041, <U+E0041>", "D800, <U+D800>", "E000, <U+E000>", "41, A", "E9, é", "4E2D, 中",
        "1F600, 😀"
    })
    void charactersThatAreNotDrawnAreNumbers(String codePoint, String shown) {
        String text = "a" + Character.toString(Integer.parseInt(codePoint, 16)) + "b";
        assertThat(PrintableText.of(text)).isEqualTo("a" + shown + "b");
    }

    @Test
    void longNamesAreCutBetweenCodePoints() {
        assertThat(PrintableText.of("x".repeat(80))).isEqualTo("x".repeat(80));
        assertThat(PrintableText.of("x".repeat(81))).isEqualTo("x".repeat(80) + "... (81 characters)");
        assertThat(PrintableText.of("😀".repeat(81))).isEqualTo("😀".repeat(80) + "... (81 characters)");
    }

    @Test
    void messagesAreOneLine() {
        assertThat(new FileFormatException(Path.of("a\nb"), "first\r\n\tsecond\u202e\u2028third\n"))
                .hasMessage("a b: first second<U+202E> third");
    }
}
