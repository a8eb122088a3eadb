package dev.chagres.tokenizer;

/// Decodes ids as they come; the pieces joined are [Tokenizer#decode] of all ids. For one thread.
public final class TextStream {
    private final Tokenizer tokenizer;
    private final boolean dropsSpace;
    private final Utf8Decoder decoder = new Utf8Decoder();
    private boolean atStart = true;

    TextStream(Tokenizer tokenizer) {
        this(tokenizer, false);
    }

    /// @param dropsSpace whether a space that begins the text was put there by the tokenizer and is no part of it
    TextStream(Tokenizer tokenizer, boolean dropsSpace) {
        this.tokenizer = tokenizer;
        this.dropsSpace = dropsSpace;
    }

    /// The characters that one more id completes, perhaps none. An incomplete character waits for the next id.
    public String next(int id) {
        StringBuilder text = new StringBuilder();
        if (tokenizer.isToken(id)) {
            byte[] bytes = tokenizer.bytes(id);
            for (int i = atStart && dropsSpace && bytes[0] == ' ' ? 1 : 0; i < bytes.length; i++) {
                decoder.next(bytes[i], text);
            }
        } else {
            decoder.end(text);
            text.append('<').append(id).append('>');
        }
        atStart = false;
        return text.toString();
    }

    /// U+FFFD if a character is left incomplete, else nothing. The stream may be used again from the start.
    public String end() {
        StringBuilder text = new StringBuilder(1);
        decoder.end(text);
        atStart = true;
        return text.toString();
    }
}
