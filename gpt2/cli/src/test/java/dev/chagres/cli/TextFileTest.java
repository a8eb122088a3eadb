package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFileTest {
    @TempDir
    private Path folder;

    private Path file(String hex) throws IOException {
        return Files.write(folder.resolve("text"), HexFormat.of().parseHex(hex));
    }

    @Test
    void aMarkIsNoPartOfTheText() throws IOException {
        assertThat(TextFile.read(file("EFBBBF6162"))).isEqualTo("ab");
        assertThat(TextFile.read(file("6162EFBBBF"))).isEqualTo("ab\uFEFF");
        assertThat(TextFile.read(file("EFBBBF"))).isEmpty();
        assertThat(TextFile.read(file(""))).isEmpty();
        assertThat(TextFile.lines(file("EFBBBF610D0A0A62")))
                .containsExactly(new byte[] {'a'}, new byte[0], new byte[] {'b'});
        assertThat(TextFile.lines(file("610A"))).hasSize(1);
    }

    /// Latin-1, a cut sequence, an overlong one, half a surrogate pair, a code point that is none.
    @ParameterizedTest
    @CsvSource({"E9, 1, 1, 0xE9", "610A62E9630A, 2, 2, 0xE9", "0A0A61E282, 3, 2, 0xE2", "C0AF, 1, 1, 0xC0",
            "EDA080, 1, 1, 0xED",
        "F4908080, 1, 1, 0xF4", "EFBBBF61FF, 1, 2, 0xFF"})
    void theFirstBadByteIsNamed(String hex, int line, int position, String bad) throws IOException {
        Path file = file(hex);
        assertThatThrownBy(() -> TextFile.read(file)).isInstanceOf(FileFormatException.class)
                .hasMessage("%s: not UTF-8: line %d, byte %d is %s", file, line, position, bad);
    }

    @Test
    void otherEncodingsAreRecognised() throws IOException {
        for (String name : List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE")) {
            Path file = Files.write(folder.resolve("text"), "\uFEFFab".getBytes(Charset.forName(name)));
            assertThatThrownBy(() -> TextFile.read(file)).hasMessageContaining("says " + name.substring(0, 6) + ";");
            assertThatThrownBy(() -> TextFile.lines(file)).hasMessageContaining("says " + name.substring(0, 6) + ";");
        }
    }

    @Test
    void failuresNameTheFile() {
        assertThatThrownBy(() -> TextFile.read(folder)).isInstanceOf(FileSystemException.class)
                .hasMessageContaining(folder + ": is a folder");
        assertThatThrownBy(() -> TextFile.read(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none");
    }
}
