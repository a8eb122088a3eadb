package dev.chagres.kernel;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Compression;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// [HashKernels#leastNonce] of any backend against one BLAKE3 after another.
public abstract class NonceLaws {
    private static final long SEED = 0x90CE;
    private static final int FLAGS = CHUNK_START | CHUNK_END | ROOT;
    private static final int[] START = new int[8];

    static {
        Arrays.setAll(START, Blake3Compression::iv);
    }

    protected abstract HashKernels hash();

    private static long expected(byte[] head, int bits, long first, long count) {
        for (long nonce = first; nonce < first + count; nonce++) {
            byte[] message = ByteBuffer.allocate(head.length + 8).order(ByteOrder.LITTLE_ENDIAN).put(head)
                    .putLong(nonce).array();
            if (new BigInteger(1, Blake3.hash(message)).bitLength() <= 256 - bits) {
                return nonce;
            }
        }
        return -1;
    }

    private static byte[] head(int length, Random random) {
        byte[] head = new byte[length];
        random.nextBytes(head);
        return head;
    }

    @Test
    void findsTheLeastNonceOfAMessageOfAnyLength() {
        Random random = new Random(SEED);
        for (int length = 0; length <= 56; length++) {
            byte[] head = head(length, random);
            int bits = 1 + length % 10;
            assertThat(hash().leastNonce(head, bits, 0, 512, START, FLAGS))
                    .as("seed %d, %d bytes, %d bits", SEED, length, bits).isEqualTo(expected(head, bits, 0, 512));
        }
    }

    @Test
    void noncesOfManyBytes() {
        Random random = new Random(SEED + 1);
        for (int length = 40; length < 44; length++) {
            byte[] head = head(length, random);
            for (long first : new long[] {64, 192, 1L << 8, (1L << 32) - 64, 1L << 40, 1L << 62}) {
                assertThat(hash().leastNonce(head, 5, first, 128, START, FLAGS))
                        .as("seed %d, %d bytes, from %d", SEED, length, first)
                        .isEqualTo(expected(head, 5, first, 128));
            }
        }
    }

    /// A digest with many leading zeros, so that bits beyond its first word are looked at, too.
    @Test
    void workOfMoreThanAWord() {
        byte[] head = head(41, new Random(SEED + 2));
        int[] start = START.clone();
        assertThat(hash().leastNonce(head, 64, 0, 256, start, FLAGS)).isEqualTo(-1);
        assertThat(hash().leastNonce(head, 33, 0, 256, start, FLAGS)).isEqualTo(-1);
        assertThat(start).as("not changed").isEqualTo(START);
    }

    @Test
    void none() {
        byte[] head = head(50, new Random(SEED + 3));
        assertThat(hash().leastNonce(head, 1, 64, 0, START, FLAGS)).isEqualTo(-1);
        assertThat(hash().leastNonce(head, 40, 0, 64, START, FLAGS)).isEqualTo(-1);
    }

    @Test
    void rejectsShapes() {
        byte[] head = new byte[10];
        assertThatThrownBy(() -> hash().leastNonce(new byte[57], 1, 0, 64, START, FLAGS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().leastNonce(head, 0, 0, 64, START, FLAGS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().leastNonce(head, 65, 0, 64, START, FLAGS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().leastNonce(head, 1, 1, 64, START, FLAGS))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> hash().leastNonce(head, 1, 0, 65, START, FLAGS))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
