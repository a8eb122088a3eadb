package dev.chagres.tokenizer;

import java.util.SplittableRandom;

/// Seeded texts that mix what pre-tokenizers tell apart.
final class RandomTexts {
    private static final String[] MIX = {" ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'ll", "'Re", "'", "a", "B",
            "word", "1", "23",
        "4567", "½", "Ⅷ", "٣", "é", "e\u0301", "ſ", "'ſ", "\u00A0", "\u0085", "\u3000", "\u200B", "\u001C", "\u001F",
        "\u180E", "\u2028",
        "😀", "👩\u200D🚀", "𝒜", "𝟘", "龘", "한", "!", "...", "--", "<|endoftext|>", "\u0000", "\uFEFF", "\uFFFD", "\u0300",
        "ΑΒ", "ß"};

    private RandomTexts() {}

    /// Pieces of the mix and, one time in four, any assigned or unassigned character.
    static String next(SplittableRandom random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            if (random.nextInt(4) == 0) {
                text.appendCodePoint(codePoint(random));
            } else {
                text.append(MIX[random.nextInt(MIX.length)]);
            }
        }
        return text.toString();
    }

    private static int codePoint(SplittableRandom random) {
        int[] ends = {0x100, 0x3000, 0x10000, 0x20000, 0x110000};
        int c = random.nextInt(ends[random.nextInt(ends.length)]);
        return c >= 0xD800 && c < 0xE000 ? c - 0x800 : c;
    }
}
