package dev.chagres.transcript;

/// Words of 31 bits as a stream of bits, the lowest bit of a word first and the first bit of a byte its lowest; zeros
/// after the last word up to a whole byte.
public final class PackedWords {
    private static final int BITS = 31;
    private static final long MASK = (1L << BITS) - 1;

    private PackedWords() {}

    /// Bytes that `n` words take.
    public static long bytes(long n) {
        return (BITS * n + 7) / 8;
    }

    /// @param words of 31 bits
    public static byte[] pack(int[] words) {
        byte[] data = new byte[Math.toIntExact(bytes(words.length))];
        long bits = 0;
        int have = 0;
        int at = 0;
        for (int word : words) {
            bits |= (word & MASK) << have;
            for (have += BITS; have >= 8; have -= 8, bits >>>= 8) {
                data[at++] = (byte) bits;
            }
        }
        if (have > 0) {
            data[at] = (byte) bits;
        }
        return data;
    }

    /// The words of a stream, whatever they are.
    ///
    /// @param data as many bytes as `n` words take
    /// @return null if the bits after the last word are not zeros
    public static int[] unpack(byte[] data, int n) {
        int[] words = new int[n];
        long bits = 0;
        int have = 0;
        int at = 0;
        for (int i = 0; i < n; i++) {
            for (; have < BITS; have += 8) {
                bits |= (data[at++] & 0xffL) << have;
            }
            words[i] = (int) (bits & MASK);
            bits >>>= BITS;
            have -= BITS;
        }
        return bits == 0 ? words : null;
    }
}
