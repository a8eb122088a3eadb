package dev.chagres.tokenizer;

/// Decodes ids as they come; the pieces joined are [Tokenizer#decode] of all ids. For one thread.
public final class TextStream {
    private final Tokenizer tokenizer;
    private final Utf8Decoder decoder = new Utf8Decoder();

    TextStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// The characters that one more id completes, perhaps none. An incomplete character waits for the next id.
    public String next(int id) {
        StringBuilder text = new StringBuilder();
        if (tokenizer.isToken(id)) {
            for (byte b : tokenizer.bytes(id)) {
                decoder.next(b, text);
            }
        } else {
            decoder.end(text);
            text.append('<').append(id).append('>');
        }
        return text.toString();
    }

    /// U+FFFD if a character is left incomplete, else nothing. The stream may be used again from the start.
    public String end() {
        StringBuilder text = new StringBuilder(1);
        decoder.end(text);
        return text.toString();
    }
}
