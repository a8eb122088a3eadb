package dev.chagres.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextPiecesTest {
    /// An id is a byte.
    private static String bytes(int[] ids) {
        byte[] bytes = new byte[ids.length];
        for (int i = 0; i < ids.length; i++) {
            bytes[i] = (byte) ids[i];
        }
        return new String(bytes, UTF_8);
    }

    private static List<String> pieces(byte... bytes) {
        TextPieces pieces = new TextPieces(TextPiecesTest::bytes);
        List<String> shown = new ArrayList<>();
        for (byte b : bytes) {
            shown.add(pieces.next(b));
        }
        shown.add(pieces.end());
        return shown;
    }

    @Test
    void charactersAreNotSplit() {
        assertThat(pieces("a\u00E9\u20AC\uD83D\uDE00b".getBytes(UTF_8)))
                .containsExactly("a", "", "\u00E9", "", "", "\u20AC", "", "", "", "\uD83D\uDE00", "b", "");
    }

    @Test
    void whatIsNoTextComesOutInTheEnd() {
        assertThat(String.join("", pieces((byte) 0xFF, (byte) 'a'))).isEqualTo("\uFFFDa");
        assertThat(pieces((byte) 'a', (byte) 0xE2)).containsExactly("a", "", "\uFFFD");
        assertThat(String.join("", pieces((byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 'x')))
                .isEqualTo("\uFFFD\uFFFD\uFFFD\uFFFDx");
    }
}
