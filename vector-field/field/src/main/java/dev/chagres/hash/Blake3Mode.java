package dev.chagres.hash;

import java.nio.charset.StandardCharsets;

/// A mode of BLAKE3 (section 2.3 of the paper): the eight words with which every chunk and every parent starts, and a
/// flag in all compressions. Different modes, and keys derived from different contexts, are as good as different hash
/// functions; they cost the same.
public final class Blake3Mode {
    /// Flag of the compressions that hash a context.
    private static final int DERIVE_KEY_CONTEXT = 32;
    /// Flag of the compressions that hash a message under a context.
    private static final int DERIVE_KEY_MATERIAL = 64;

    /// The plain hash: what `b3sum` computes.
    public static final Blake3Mode HASH = new Blake3Mode(iv(), 0);

    private final int[] words;
    private final int flag;

    private Blake3Mode(int[] words, int flag) {
        this.words = words;
        this.flag = flag;
    }

    private static int[] iv() {
        int[] words = new int[Blake3Compression.CV_WORDS];
        for (int i = 0; i < words.length; i++) {
            words[i] = Blake3Compression.iv(i);
        }
        return words;
    }

    /// The mode `derive_key`: the words are the hash of the context, under a flag of its own.
    ///
    /// @param context a text that no other use of BLAKE3 has, written in the program
    public static Blake3Mode deriveKey(String context) {
        byte[] utf8 = context.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[Blake3Compression.DIGEST_BYTES];
        new Blake3(new Blake3Mode(iv(), DERIVE_KEY_CONTEXT)).update(utf8, 0, utf8.length).finish(key, 0, key.length);
        int[] words = new int[Blake3Compression.CV_WORDS];
        for (int i = 0; i < key.length; i++) {
            words[i / Integer.BYTES] |= (key[i] & 0xff) << 8 * (i % Integer.BYTES);
        }
        return new Blake3Mode(words, DERIVE_KEY_MATERIAL);
    }

    /// Word `i` of the first chaining value of every chunk and parent.
    public int word(int i) {
        return words[i];
    }

    /// The flag of every compression.
    public int flag() {
        return flag;
    }
}
