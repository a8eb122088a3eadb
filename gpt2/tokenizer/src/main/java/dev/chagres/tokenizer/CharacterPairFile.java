package dev.chagres.tokenizer;

import dev.chagres.tokenizer.CharacterPairOptions.Prefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part of a `tokenizer.json` that makes it a pair encoding of characters: where spaces become U+2581 and where one
/// is put in front. Two spellings exist: normalizers `Prepend` and `Replace`, and the pre-tokenizer `Metaspace`.
final class CharacterPairFile {
    private static final String SPACE = Character.toString(CharacterPairs.SPACE);

    private CharacterPairFile() {}

    /// Whether a file is one of this kind, supported or not.
    static boolean describes(JsonObject root, JsonObject model) {
        Optional<String> cut = root.object("pre_tokenizer").map(JsonObject::type);
        return cut.filter("Metaspace"::equals).isPresent()
                || normalizers(root).stream().map(JsonObject::type).anyMatch(List.of("Prepend", "Replace")::contains)
                || model.flag("byte_fallback", false) && cut.filter(t -> !t.equals("Split")).isEmpty();
    }

    /// @throws UnsupportedTokenizerException naming the feature
    /// @throws IllegalArgumentException      if the parts do not fit together
    static CharacterPairs read(JsonObject root, JsonObject model, Map<String, Integer> vocabulary,
            List<String> merges, List<AddedToken> added) {
        require(!model.flag("ignore_merges", false), "ignore_merges without the ByteLevel pre-tokenizer");
        List<JsonObject> steps = normalizers(root);
        boolean prepends = !steps.isEmpty() && isPrepend(steps.getFirst());
        List<JsonObject> rest = steps.subList(prepends ? 1 : 0, steps.size());
        boolean replaces = rest.size() == 1 && isReplace(rest.getFirst());
        require(rest.isEmpty() && !prepends || replaces,
                "the normalizer sequence " + steps.stream().map(JsonObject::type).toList());
        Optional<JsonObject> cut = root.object("pre_tokenizer");
        Prefix prefix;
        if (replaces) {
            // After the normalizer no space is left to cut at.
            cut.ifPresent(split -> require(isSplitAtSpaces(split), "pre-tokenizer " + split.type()
                    + " after a normalizer that replaces spaces"));
            prefix = prepends ? Prefix.EACH : Prefix.NONE;
        } else {
            prefix = prefix(cut.filter(c -> c.type().equals("Metaspace")).orElseThrow(
                    () -> new UnsupportedTokenizerException("byte_fallback without Metaspace is not supported")));
        }
        return CharacterPairs.byRank(vocabulary, merges, added,
                new CharacterPairOptions(prefix, model.flag("byte_fallback", false)));
    }

    private static List<JsonObject> normalizers(JsonObject root) {
        Optional<JsonObject> normalizer = root.object("normalizer");
        return normalizer.map(n -> n.type().equals("Sequence") ? n.objects("normalizers") : List.of(n))
                .orElse(List.of());
    }

    private static boolean isPrepend(JsonObject step) {
        return step.type().equals("Prepend") && step.string("prepend").orElse("").equals(SPACE);
    }

    private static boolean isReplace(JsonObject step) {
        return step.type().equals("Replace") && step.string("content").orElse("").equals(SPACE)
                && isSpace(step.object("pattern"));
    }

    private static boolean isSpace(Optional<JsonObject> pattern) {
        return pattern.flatMap(p -> p.string("String")).filter(" "::equals).isPresent();
    }

    private static boolean isSplitAtSpaces(JsonObject split) {
        return split.type().equals("Split") && isSpace(split.object("pattern"));
    }

    private static Prefix prefix(JsonObject metaspace) {
        require(metaspace.string("replacement").orElse(SPACE).equals(SPACE),
                "the Metaspace pre-tokenizer's replacement");
        require(!metaspace.flag("split", true), "the Metaspace pre-tokenizer with split");
        String scheme = metaspace.string("prepend_scheme")
                .orElse(metaspace.flag("add_prefix_space", true) ? "always" : "never");
        return switch (scheme) {
            case "always" -> Prefix.EACH_WITHOUT;
            case "first" -> Prefix.FIRST_WITHOUT;
            case "never" -> Prefix.NONE;
            default -> throw new UnsupportedTokenizerException(
                    "the Metaspace pre-tokenizer's prepend_scheme " + Texts.quote(scheme) + " is not supported");
        };
    }

    private static void require(boolean holds, String feature) {
        if (!holds) {
            throw new UnsupportedTokenizerException(feature + " is not supported");
        }
    }
}
