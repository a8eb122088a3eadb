package dev.chagres.prove.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.hash.Blake3;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    private static final int PIECE = 1 << 16;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 77, 16 * PIECE, 16 * PIECE + 3, 33 * PIECE + 1000})
    void isTheHashOfTheHashesOfThePieces(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (int at = 0; at < bytes; at += PIECE) {
            digests.writeBytes(Blake3.hash(Arrays.copyOfRange(content, at, Math.min(bytes, at + PIECE))));
        }
        byte[] expected = Blake3.hash(digests.toByteArray());
        for (Backend backend : List.of(Backends.scalar(), Backends.fastest())) {
            assertThat(ContentDigest.of(backend.hash(), MemorySegment.ofArray(content))).as(backend.name()).isEqualTo(expected);
        }
    }
}
