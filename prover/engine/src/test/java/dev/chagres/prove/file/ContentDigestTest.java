package dev.chagres.prove.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.hash.Blake3;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentDigestTest {
    private static final int CHUNK = 1 << 16;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 77})
    void isTheHashOfTheContentInAnyMemory(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        byte[] expected = Blake3.hash(content);
        assertThat(ContentDigest.of(MemorySegment.ofArray(content))).isEqualTo(expected);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, bytes)).asSlice(0, bytes)
                    .copyFrom(MemorySegment.ofArray(content));
            assertThat(ContentDigest.of(copy)).isEqualTo(expected);
        }
    }
}
