package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileKindTest {
    @TempDir
    Path folder;

    static Stream<Arguments> files() throws IOException {
        return Stream.of(
                Arguments.of("empty", new byte[0], "is empty"),
                Arguments.of("pointer",
                        text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 548105171\n"),
                        "is a Git LFS pointer and not the file itself; run 'git lfs pull'"),
                Arguments.of("page", text("\n  <!DOCTYPE html>\n<html><body>Login</body></html>"),
                        "is a web page (HTML)"),
                Arguments.of("page with a mark", text("\ufeff<HTML>"), "is a web page (HTML)"),
                Arguments.of("XML", text("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
                        "is an XML document"),
                Arguments.of("GGUF", gguf(), "is a GGUF file"),
                Arguments.of("ZIP", zip(), "is a ZIP archive, as PyTorch writes"),
                Arguments.of("pickle", new byte[] {(byte) 0x80, 2, '}', 'q', 0}, "is a Python pickle"),
                Arguments.of("gzip", gzip(), "is compressed with gzip; unpack it first"),
                Arguments.of("tar", tar(), "is a tar archive"),
                Arguments.of("HDF5", new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0},
                        "is an HDF5 file"),
                Arguments.of("zeros", new byte[4096], "begins with zeros only"),
                Arguments.of("integer model", text("CHAGRESM\1"), "is an integer model"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void everyReaderSaysWhatTheFileIs(String name, byte[] content, String cause) throws IOException {
        for (String file : new String[] {"model.safetensors", "config.json", "model.safetensors.index.json"}) {
            Path model = Files.createDirectory(folder.resolve(file + " of a model"));
            SyntheticModel.write(model, SyntheticModel.shape("1x1x2x3x4"), 1);
            if (file.endsWith("index.json")) {
                Files.delete(model.resolve("model.safetensors"));
            }
            Path damaged = Files.write(model.resolve(file), content);
            assertThatThrownBy(() -> ModelWeights.open(model)).as(file)
                    .isInstanceOf(FileFormatException.class)
                    .hasMessageStartingWith(damaged + ": " + cause)
                    .message().doesNotContain("\n");
        }
    }

    @Test
    void otherMixUps() throws IOException {
        Path model = folder.resolve("m");
        SyntheticModel.write(model, SyntheticModel.shape("1x1x2x3x4"), 1);
        Path weights = model.resolve("model.safetensors");
        byte[] safetensors = Files.readAllBytes(weights);
        Files.writeString(weights, "{\"error\": \"Repository not found\"}");
        assertThatThrownBy(() -> ModelWeights.open(model)).hasMessageStartingWith(weights + ": is a JSON text");
        Path config = Files.write(model.resolve("config.json"), safetensors);
        assertThatThrownBy(() -> ModelWeights.open(model)).hasMessageStartingWith(config + ": is a safetensors file");
        assertThatThrownBy(() -> ModelWeights.open(weights)).hasMessageStartingWith(weights + ": is not a folder");
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> ModelWeights.open(none)).hasMessage(none + ": no such folder");
    }

    /// A header of 123 bytes begins with the character `{`, and is no JSON text.
    @Test
    void headerLengthsThatLookLikeText() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + '{' + 4).order(ByteOrder.LITTLE_ENDIAN).putLong('{')
                .put(text(header));
        while (file.position() < 8 + '{') {
            file.put((byte) ' ');
        }
        Path path = Files.write(folder.resolve("a.safetensors"), file.array());
        try (SafetensorsFile tensors = SafetensorsFile.open(path)) {
            assertThat(tensors.read("a")).containsExactly(0);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// With 123 tensors, whose count stands where a safetensors header begins.
    private static byte[] gguf() {
        return ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).put(text("GGUF")).putInt(3).putLong('{')
                .putLong(9).array();
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(new byte[10]);
        }
        return out.toByteArray();
    }

    private static byte[] gzip() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[100]);
        }
        return out.toByteArray();
    }

    private static byte[] tar() {
        byte[] tar = Arrays.copyOf(text("model/config.json"), 1024);
        System.arraycopy(text("ustar"), 0, tar, 257, 5);
        return tar;
    }
}
