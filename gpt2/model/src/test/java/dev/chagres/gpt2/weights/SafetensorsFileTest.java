package dev.chagres.gpt2.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    private static final long SEED = 7;

    @TempDir
    Path folder;

    @Test
    void readsEveryFloatingPointType() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(3 * (8 + 4 + 2 + 2)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = {1, -0.5f, 65280};
        for (float v : values) {
            data.putDouble(v);
        }
        for (float v : values) {
            data.putFloat(v);
        }
        for (float v : values) {
            data.putShort(Float.floatToFloat16(v));
        }
        for (float v : values) {
            data.putShort((short) (Float.floatToRawIntBits(v) >>> 16));
        }
        Path file = write("""
                {"a":{"dtype":"F64","shape":[3],"data_offsets":[0,24]},\
                "b":{"dtype":"F32","shape":[3,1],"data_offsets":[24,36]},
                "c":{"dtype":"F16","shape":[3],"data_offsets":[36,42]},\
                "d":{"dtype":"BF16","shape":[1,3],"data_offsets":[42,48]}}""",
                data.array());
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : List.of("a", "b", "c", "d")) {
                assertThat(tensors.read(name)).as(name).isEqualTo(values);
                assertThat(tensors.read(name, 1, 2)).as(name).isEqualTo(new float[] {-0.5f, 65280});
            }
            assertThat(tensors.info("d").shape()).containsExactly(1L, 3L);
            assertThatThrownBy(() -> tensors.read("a", 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> tensors.read("e"))
                    .isInstanceOf(FileFormatException.class)
                    .hasMessage(file + ": tensor e is missing");
        }
    }

    @Test
    void scalarsAndEmptyTensors() throws IOException {
        Path file = write("""
                {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},\
                "e":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]}}""",
                new byte[] {0, 0, (byte) 0x80, 0x3f});
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThat(tensors.read("s")).containsExactly(1);
            assertThat(tensors.read("e")).isEmpty();
        }
    }

    @Test
    void otherTypesAreListedButNotRead() throws IOException {
        Path file = write("{\"mask\":{\"dtype\":\"BOOL\",\"shape\":[2],\"data_offsets\":[0,2]}}", new byte[2]);
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThat(tensors.info("mask").elements()).isEqualTo(2);
            assertThatThrownBy(() -> tensors.read("mask"))
                    .hasMessageContaining("type BOOL, need F32, F16, BF16 or F64");
        }
    }

    @Test
    void writtenFilesReadBack() throws IOException {
        Random random = new Random(SEED);
        float[] values = new float[200_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("z", List.of(3));
        shapes.put("a", List.of(399, 501));
        shapes.put("tail", List.of(98));
        Path file = folder.resolve("w.safetensors");
        try (SafetensorsWriter writer = new SafetensorsWriter(file, shapes, Map.of("origin", "test"))) {
            writer.append(Arrays.copyOf(values, 70_001));
            writer.append(Arrays.copyOfRange(values, 70_001, values.length));
        }
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            assertThat(tensors.names()).containsExactly("z", "a", "tail");
            assertThat(tensors.metadata()).containsExactly(Map.entry("origin", "test"));
            assertThat(tensors.read("z")).isEqualTo(Arrays.copyOf(values, 3));
            assertThat(tensors.read("a")).isEqualTo(Arrays.copyOfRange(values, 3, 199_902));
            assertThat(tensors.read("tail")).isEqualTo(Arrays.copyOfRange(values, 199_902, 200_000));
        }
    }

    @Test
    void writerRefusesTooManyAndTooFewValues() throws IOException {
        LinkedHashMap<String, List<Integer>> shapes = new LinkedHashMap<>(Map.of("a", List.of(2)));
        SafetensorsWriter writer = new SafetensorsWriter(folder.resolve("w.safetensors"), shapes, Map.of());
        assertThatThrownBy(() -> writer.append(new float[3])).isInstanceOf(IllegalStateException.class);
        SafetensorsWriter empty = new SafetensorsWriter(folder.resolve("e.safetensors"), shapes, Map.of());
        assertThatThrownBy(empty::close).hasMessageContaining("0 values for tensors of 2 elements");
        assertThatThrownBy(writer::close).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}|not valid JSON",
        "{\"a\":1}|unknown dtype",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}|tensor a has unknown dtype \"F31\"",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}"
            + "|shape is not an array of non-negative integers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}|shape is not an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|shape is not an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}|need [begin, end]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|need [begin, end]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|needs 12 bytes, data_offsets [0, 8] hold 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}|too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e400],\"data_offsets\":[0,8]}}|shape is not an array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}|truncated: tensor a ends at byte 12 of 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            + "|tensor b overlaps tensor a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|unused bytes between the header and tensor a",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|4 unused bytes after the last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
            + "|Duplicate",
        "{\"__metadata__\":{\"n\":1}}|__metadata__ entry n is not a string",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}{}|not valid JSON",
        "[1]|header does not begin with '{'",
    })
    void brokenHeaders(String header, String cause) throws IOException {
        refuse(write(header, new byte[8]), cause);
    }

    @Test
    void brokenLengths() throws IOException {
        refuse(bytes(new byte[5]), "truncated: 5 bytes");
        refuse(bytes(length(100)), "truncated: header of 100 bytes in a file of 10 bytes");
        refuse(bytes(length(-1)), "header length 18446744073709551615 is not in 2 .. 100000000");
        refuse(bytes(length(100_000_001)), "header length 100000001");
        refuse(bytes(length(0)), "header length 0");
        refuse(folder.resolve("none.safetensors"), "no such file");
    }

    /// Every truncation of a valid file is refused, never read.
    @Test
    void everyTruncationIsRefused() throws IOException {
        Path valid = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]);
        byte[] all = Files.readAllBytes(valid);
        for (int length = 0; length < all.length; length++) {
            Path file = bytes(Arrays.copyOf(all, length));
            assertThatThrownBy(() -> SafetensorsFile.open(file)).as("%d bytes", length)
                    .isInstanceOf(FileFormatException.class);
        }
    }

    /// Whatever single byte is changed, the file opens or is refused with the one exception type.
    @Test
    void mutatedHeadersNeverEscapeTheExceptionType() throws IOException {
        byte[] valid = Files.readAllBytes(write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                new byte[8]));
        Random random = new Random(SEED);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] mutant = valid.clone();
            int at = random.nextInt(mutant.length);
            mutant[at] = (byte) random.nextInt();
            Path file = bytes(mutant);
            try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
                for (String name : tensors.names()) {
                    assertThat(tensors.info(name).end()).isLessThanOrEqualTo(8);
                }
            } catch (FileFormatException e) {
                assertThat(e.getMessage()).as("seed %d, mutant %d", SEED, i).startsWith(file + ": ")
                        .doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(250);
    }

    private static void refuse(Path file, String cause) {
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(cause)
                .message().doesNotContain("\n");
    }

    private static byte[] length(long length) {
        return ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put((byte) '{')
                .put((byte) '}').array();
    }

    private Path bytes(byte[] content) throws IOException {
        return Files.write(folder.resolve("b.safetensors"), content);
    }

    private Path write(String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(folder.resolve("t.safetensors"), file.putLong(text.length).put(text).put(data).array());
    }
}
