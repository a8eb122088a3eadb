package dev.chagres.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class Blake3Test {
    private static final long SEED = 0xB1A4E3L;
    private static final Blake3Mode OFFICIAL_CONTEXT =
            Blake3Mode.deriveKey("BLAKE3 2019-12-27 16:29:52 test vectors context");

    private static Map<Integer, byte[]> officialVectors() throws IOException {
        return vectors("blake3-test-vectors.txt");
    }

    private static Map<Integer, byte[]> vectors(String file) throws IOException {
        Map<Integer, byte[]> vectors = new TreeMap<>();
        try (var in = Blake3Test.class.getResourceAsStream(file);
                var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            for (String line; (line = reader.readLine()) != null; ) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split(" ");
                    vectors.put(Integer.parseInt(fields[0]), HexFormat.of().parseHex(fields[1]));
                }
            }
        }
        return vectors;
    }

    private static byte[] officialInput(int length) {
        byte[] input = new byte[length];
        for (int i = 0; i < length; i++) {
            input[i] = (byte) (i % 251);
        }
        return input;
    }

    @Test
    void officialVectorsWithExtendedOutput() throws IOException {
        Map<Integer, byte[]> vectors = officialVectors();
        assertThat(vectors).hasSize(35).containsKeys(0, 1, 63, 64, 65, 1024, 1025, 102400);
        vectors.forEach((length, expected) -> {
            byte[] input = officialInput(length);
            byte[] output = new byte[expected.length];
            new Blake3().update(input, 0, length).finish(output, 0, output.length);
            assertThat(output).as("%d bytes", length).isEqualTo(expected);
            assertThat(Blake3.hash(input)).as("%d bytes", length).isEqualTo(Arrays.copyOf(expected, 32));
        });
    }

    @Test
    void officialVectorsOfKeysFromAContext() throws IOException {
        Map<Integer, byte[]> vectors = vectors("blake3-derive-key-vectors.txt");
        assertThat(vectors).hasSize(35).containsKeys(0, 1, 63, 64, 65, 1024, 1025, 102400);
        vectors.forEach((length, expected) -> {
            byte[] output = new byte[expected.length];
            new Blake3(OFFICIAL_CONTEXT).update(officialInput(length), 0, length).finish(output, 0, output.length);
            assertThat(output).as("%d bytes", length).isEqualTo(expected);
        });
    }

    @Test
    void resetKeepsTheMode() {
        byte[] digest = new byte[32];
        new Blake3(OFFICIAL_CONTEXT).update(officialInput(3000), 0, 3000).reset().finish(digest, 0, 32);
        byte[] fresh = new byte[32];
        new Blake3(OFFICIAL_CONTEXT).finish(fresh, 0, 32);
        assertThat(digest).isEqualTo(fresh).isNotEqualTo(Blake3.hash(new byte[0]));
    }

    @Test
    void piecesDoNotMatter() throws IOException {
        Random random = new Random(SEED);
        byte[] input = officialInput(102400);
        Blake3 hash = new Blake3();
        int done = 0;
        for (Map.Entry<Integer, byte[]> vector : officialVectors().entrySet()) {
            while (done < vector.getKey()) {
                int n = Math.min(random.nextInt(1 + random.nextInt(3000)), vector.getKey() - done);
                hash.update(input, done, n);
                done += n;
            }
            // Asking for output leaves the state alone, so one hasher serves all lengths.
            byte[] digest = new byte[40];
            hash.finish(digest, 3, 32);
            assertThat(Arrays.copyOfRange(digest, 3, 35))
                    .as("seed %d, %d bytes", SEED, done)
                    .isEqualTo(Arrays.copyOf(vector.getValue(), 32));
            assertThat(digest).startsWith(0, 0, 0).endsWith(0, 0, 0, 0, 0);
        }
    }

    @Test
    void resetForgets() {
        Blake3 hash = new Blake3().update(officialInput(5000), 0, 5000).reset();
        byte[] digest = new byte[32];
        hash.finish(digest, 0, 32);
        assertThat(digest).isEqualTo(Blake3.hash(new byte[0]));
    }

    @Test
    void rejectsRangesOutsideTheArrays() {
        Blake3 hash = new Blake3();
        assertThatThrownBy(() -> hash.update(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> hash.finish(new byte[4], 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
