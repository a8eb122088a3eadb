package dev.chagres.cli;

import dev.chagres.model.ModelLimits;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The texts of token ids as a key's tokenizer has them. The tokenizer is loaded once.
final class KeyTexts {
    private static final String NO_CHARACTER = "\ufffd";

    private final Optional<Tokenizer> tokenizer;
    private final ModelLimits limits;

    KeyTexts(VerifyingKey key) {
        tokenizer = key.tokenizer().tokenizer();
        limits = key.spec().limits();
    }

    /// The ids of a text.
    ///
    /// @param instead the option that takes ids, named when the key has no tokenizer
    /// @throws CommandException if it has none
    int[] encode(String text, String instead) {
        return tokenizer.orElseThrow(() -> new CommandException(
                "this key has no tokenizer, so texts have no ids; give token ids with " + instead)).encode(text);
    }

    /// The text of ids, without the end of text that may be last; empty if there is no tokenizer. For reading: bytes
    /// that are no character come out as U+FFFD, ids that are no token as numbers in angle brackets.
    Optional<String> text(int[] ids) {
        return tokenizer.map(t -> t.decode(withoutEnd(ids)));
    }

    /// Whether ids are whole characters and nothing else, but for the end of text that may be last.
    boolean areText(int[] ids) {
        int[] shown = withoutEnd(ids);
        return tokenizer.isPresent() && Arrays.stream(shown).allMatch(tokenizer.get()::isToken)
                && !tokenizer.get().decode(shown).contains(NO_CHARACTER);
    }

    /// Whether the ids are the tokenizer's own encoding of the text that is shown for them, so that the text says all
    /// about them; empty if there is no tokenizer. An end of text that is last counts as such and not as text.
    Optional<Boolean> canonical(int[] ids) {
        return tokenizer.map(t -> t.isCanonical(withoutEnd(ids)));
    }

    private int[] withoutEnd(int[] ids) {
        boolean ends = ids.length > 0 && limits.ends(ids[ids.length - 1]);
        return ends ? Arrays.copyOf(ids, ids.length - 1) : ids;
    }

    /// What a model or a key says of its tokenizer.
    static Map<String, Object> describe(TokenizerInfo info) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("kind", switch (info.kind()) {
            case NONE -> "none";
            case CHARACTERS -> "characters";
            case R50K_BASE -> "r50kBase";
            case BYTE_PAIR -> "bytePairs";
            case CHARACTER_PAIR -> "characterPairs";
        });
        facts.put("tokens", info.size());
        facts.put("chatTemplate", info.chat().isPresent());
        return facts;
    }
}
