package dev.chagres.tokenizer;

import java.util.Arrays;
import java.util.BitSet;

/// Turns text into token ids and back. Implementations are immutable and thread-safe.
///
/// Text is only ever text: `<|endoftext|>` in a string given to [#encode] becomes ordinary tokens, never the control
/// token of that name, so that a prompt cannot smuggle in a document boundary. No start or end token is added.
public interface Tokenizer {
    /// Token ids of a text; empty for the empty text.
    ///
    /// [#decode] of the ids is the text again, except where the tokenizer itself changes texts: one that normalises
    /// gives the text in form NFC, one with a prefix space gives it with a space in front.
    ///
    /// @throws TokenizerException if the text cannot be encoded, naming the character and its position: an unpaired
    ///     surrogate, or a character that the tokenizer has no token for. Positions count code points from 0
    int[] encode(String text);

    /// As [#encode], but added tokens (control tokens such as `<|im_start|>`) in the text become their ids; the longest
    /// one wins where several begin. For templates that the caller wrote, not for what users typed.
    ///
    /// @throws TokenizerException as [#encode] does
    default int[] encodeWithAddedTokens(String text) {
        return encodeWithAddedTokens(text, new BitSet());
    }

    /// As [#encodeWithAddedTokens(String)], but no added token is found that has one of the chars `plain` names: for a
    /// text of which others wrote parts. All else is encoded as one text, whoever wrote it.
    ///
    /// @throws TokenizerException as [#encode] does
    int[] encodeWithAddedTokens(String text, BitSet plain);

    /// Whether an id stands for a token. Ids that do not: negative ones, those from [#size] on (spare rows of a padded
    /// vocabulary) and holes in between.
    boolean isToken(int id);

    /// The bytes of a token, UTF-8 or a part of it; a new array.
    ///
    /// @throws TokenizerException if the id is not a token
    byte[] bytes(int id);

    /// One more than the largest id of a token.
    int size();

    /// Text of token ids, **for reading**: bytes that are not UTF-8 come out as U+FFFD, one for each maximal part of a
    /// character (Unicode 3.9, practice of substitution), and an id that is no token as its number in angle brackets,
    /// such as `<50300>`. Different ids may therefore give the same text; [#isCanonical] tells when the text stands for
    /// the ids.
    default String decode(int[] ids) {
        TextStream stream = stream();
        StringBuilder text = new StringBuilder(4 * ids.length);
        for (int id : ids) {
            text.append(stream.next(id));
        }
        return text.append(stream.end()).toString();
    }

    /// Decoding one id at a time, never in the middle of a character.
    default TextStream stream() {
        return new TextStream(this);
    }

    /// Whether the ids are this tokenizer's own encoding of the text that they decode to, so that showing the text says
    /// all about the ids. Not so for ids with control tokens, spare ids, incomplete characters, or a text cut into
    /// other tokens than [#encode] would choose (models do generate those).
    default boolean isCanonical(int[] ids) {
        if (!Arrays.stream(ids).allMatch(this::isToken)) {
            return false;
        }
        int[] own;
        try {
            own = encode(decode(ids));
        } catch (TokenizerException noEncoding) {
            return false;
        }
        return Arrays.equals(own, ids);
    }
}
