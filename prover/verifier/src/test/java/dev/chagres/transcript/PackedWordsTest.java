package dev.chagres.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackedWordsTest {
    /// The stream is the number whose digits to the base 2^31 are the words, lowest first.
    @Test
    void wordsAreDigitsOfOneNumber() {
        SplittableRandom random = new SplittableRandom(7);
        for (int n = 0; n < 40; n++) {
            int[] words = random.ints(n, 0, Integer.MAX_VALUE).toArray();
            if (n > 2) {
                words[n / 2] = Integer.MAX_VALUE;
            }
            BigInteger number = BigInteger.ZERO;
            for (int i = n - 1; i >= 0; i--) {
                number = number.shiftLeft(31).add(BigInteger.valueOf(words[i]));
            }
            byte[] packed = PackedWords.pack(words);
            assertThat((long) packed.length).isEqualTo(PackedWords.bytes(n)).isEqualTo((31 * n + 7) / 8);
            for (int i = 0; i < packed.length; i++) {
                assertThat(packed[i]).as("%d words, byte %d", n, i).isEqualTo(number.shiftRight(8 * i).byteValue());
            }
            assertThat(PackedWords.unpack(packed, n)).isEqualTo(words);
        }
    }

    @Test
    void paddingIsZero() {
        for (int n = 1; n < 17; n++) {
            byte[] packed = PackedWords.pack(new int[n]);
            int used = 31 * n % 8;
            for (int bit = used; used > 0 && bit < 8; bit++) {
                byte[] bad = packed.clone();
                bad[bad.length - 1] |= (byte) (1 << bit);
                assertThat(PackedWords.unpack(bad, n)).as("%d words, bit %d", n, bit).isNull();
            }
        }
    }
}
