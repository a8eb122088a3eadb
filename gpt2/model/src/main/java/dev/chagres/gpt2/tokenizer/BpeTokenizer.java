package dev.chagres.gpt2.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;

/// GPT-2's byte-pair encoding (`r50k_base`, 50 257 ids).
///
/// Text is only ever text: `<|endoftext|>` inside a string is encoded as ordinary tokens, never as the
/// special id [#END_OF_TEXT], so that a prompt cannot smuggle in a document boundary. Callers who want the boundary add
/// the id themselves; decoding it gives `<|endoftext|>`.
public final class BpeTokenizer implements Tokenizer {
    /// Number of ids of GPT-2's vocabulary.
    public static final int VOCABULARY = 50257;

    /// The id of `<|endoftext|>`.
    public static final int END_OF_TEXT = 50256;

    private final Encoding encoding;

    /// Loads the merge table; takes a few tenths of a second.
    public BpeTokenizer() {
        encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    }

    @Override
    public int[] encode(String text) {
        checkSurrogates(text);
        return encoding.encodeOrdinary(text).toArray();
    }

    @Override
    public String decode(int[] ids) {
        IntArrayList list = new IntArrayList(ids.length);
        for (int t = 0; t < ids.length; t++) {
            if (ids[t] < 0 || ids[t] >= VOCABULARY) {
                throw new TokenizerException("token " + t + " is " + ids[t] + ", the vocabulary has " + VOCABULARY);
            }
            list.add(ids[t]);
        }
        return encoding.decode(list);
    }

    @Override
    public int vocabulary() {
        return VOCABULARY;
    }

    /// UTF-8 has no bytes for half a surrogate pair; Java would silently encode a question mark.
    private static void checkSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new TokenizerException("unpaired surrogate U+%04X at position %d of the text".formatted((int) c, i));
            }
        }
    }
}
