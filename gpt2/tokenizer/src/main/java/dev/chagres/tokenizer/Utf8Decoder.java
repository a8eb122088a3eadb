package dev.chagres.tokenizer;

/// UTF-8 to text, byte by byte, with one U+FFFD for each maximal part of a malformed character (Unicode 3.9, table 3-7
/// and "U+FFFD substitution of maximal subparts"). The JDK's decoder counts differently: one for ED A0 80, where this
/// gives three.
final class Utf8Decoder {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint;
    private int missing;
    /// Range of the next continuation byte; narrower than 80..BF after E0, ED, F0 and F4.
    private int low;
    private int high;

    void next(byte signed, StringBuilder text) {
        int b = signed & 0xFF;
        if (missing > 0) {
            if (b >= low && b <= high) {
                codePoint = codePoint << 6 | b & 0x3F;
                low = 0x80;
                high = 0xBF;
                if (--missing == 0) {
                    text.appendCodePoint(codePoint);
                }
                return;
            }
            end(text);
        }
        first(b, text);
    }

    /// Ends the text: an incomplete character becomes U+FFFD.
    void end(StringBuilder text) {
        if (missing > 0) {
            missing = 0;
            text.append(REPLACEMENT);
        }
    }

    private void first(int b, StringBuilder text) {
        if (b < 0x80) {
            text.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            begin(b & 0x1F, 1, 0x80, 0xBF);
        } else if (b >= 0xE0 && b <= 0xEF) {
            begin(b & 0xF, 2, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
        } else if (b >= 0xF0 && b <= 0xF4) {
            begin(b & 7, 3, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
        } else {
            text.append(REPLACEMENT);
        }
    }

    private void begin(int bits, int continuations, int lowest, int highest) {
        codePoint = bits;
        missing = continuations;
        low = lowest;
        high = highest;
    }
}
