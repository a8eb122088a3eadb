package dev.chagres.tokenizer;

import java.nio.charset.StandardCharsets;

/// How a model wants a conversation written: the template its makers published, as text in the Jinja language, and the
/// control tokens that it names.
///
/// @param text        the template, 1 to [#MAX_BYTES] bytes of UTF-8
/// @param beginOfText what `bos_token` stands for in it; empty if the model has none
/// @param endOfText   what `eos_token` stands for in it; empty if the model has none
public record ChatTemplate(String text, String beginOfText, String endOfText) {
    /// The longest template.
    public static final int MAX_BYTES = 1 << 16;

    /// @throws IllegalArgumentException if a part is too long, the template is empty, or there is half a surrogate pair
    public ChatTemplate {
        check("the chat template", text, 1, MAX_BYTES);
        check("the token at the begin of text", beginOfText, 0, BytePairs.MAX_TOKEN_BYTES);
        check("the token at the end of text", endOfText, 0, BytePairs.MAX_TOKEN_BYTES);
    }

    private static void check(String what, String part, int least, int most) {
        if (Texts.unpairedSurrogate(part) >= 0) {
            throw new IllegalArgumentException(what + " has half a surrogate pair");
        }
        int bytes = utf8(part).length;
        if (bytes < least || bytes > most) {
            throw new IllegalArgumentException(
                    what + " has " + bytes + " bytes, need at least " + least + " and at most " + most);
        }
    }

    /// Three texts, each as the length of its UTF-8 and these bytes.
    void write(VarintWriter out) {
        for (String part : new String[] {text, beginOfText, endOfText}) {
            out.put(utf8(part).length);
            out.put(utf8(part));
        }
    }

    /// @throws IllegalArgumentException if the bytes are not what [#write] gives
    static ChatTemplate read(VarintReader in) {
        return new ChatTemplate(in.text(MAX_BYTES), in.text(BytePairs.MAX_TOKEN_BYTES),
                in.text(BytePairs.MAX_TOKEN_BYTES));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
