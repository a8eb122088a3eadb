package dev.chagres.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Which tokenizer turns text into the token ids of a model: a value that model and key files carry.
///
/// @param kind       the scheme
/// @param characters for [Kind#CHARACTERS] the character of id 0, 1, ...: strings of one code point, all different, at
///     least one; empty otherwise
/// @param bytePairs  for [Kind#BYTE_PAIR] the encoding; empty otherwise
/// @param characterPairs for [Kind#CHARACTER_PAIR] the encoding; empty otherwise
/// @param chat       how the model wants conversations written, if it says so; never with [Kind#NONE]
public record TokenizerInfo(Kind kind, List<String> characters, Optional<BytePairs> bytePairs,
        Optional<CharacterPairs> characterPairs, Optional<ChatTemplate> chat) {
    /// The model speaks token ids only.
    public static final TokenizerInfo NONE = of(Kind.NONE);

    /// GPT-2's byte-pair encoding.
    public static final TokenizerInfo R50K_BASE = of(Kind.R50K_BASE);

    /// The longest encoding that [#decode] takes.
    public static final int MAX_ENCODED_BYTES = 1 << 24;

    /// The order is part of the file format.
    public enum Kind {
        /// No tokenizer.
        NONE,
        /// One token per character, from a table.
        CHARACTERS,
        /// The 50,257-token byte-pair encoding of GPT-2, called r50k_base: known by name, not carried.
        R50K_BASE,
        /// A byte-level byte-pair encoding, carried whole.
        BYTE_PAIR,
        /// A pair encoding of characters (SentencePiece's), carried whole.
        CHARACTER_PAIR
    }

    /// @throws IllegalArgumentException if the parts are not those of the kind, [Kind#BYTE_PAIR] is GPT-2's, or the
    ///     encoding would be too long
    public TokenizerInfo {
        Objects.requireNonNull(kind, "kind");
        characters = List.copyOf(characters);
        if (kind == Kind.CHARACTERS == characters.isEmpty()) {
            throw new IllegalArgumentException("a character table belongs to a character tokenizer and to no other");
        }
        if (kind == Kind.BYTE_PAIR != bytePairs.isPresent()) {
            throw new IllegalArgumentException("byte pairs belong to a byte-pair tokenizer and to no other");
        }
        if (kind == Kind.CHARACTER_PAIR != characterPairs.isPresent()) {
            throw new IllegalArgumentException(
                    "character pairs belong to a pair encoding of characters and to no other");
        }
        if (kind == Kind.NONE && chat.isPresent()) {
            throw new IllegalArgumentException("a chat template needs a tokenizer");
        }
        checkCharacters(characters);
        if (bytePairs.filter(R50kBase::is).isPresent()) {
            throw new IllegalArgumentException("GPT-2's encoding is carried as R50K_BASE");
        }
        if (encode(kind, characters, bytePairs, characterPairs, chat).length > MAX_ENCODED_BYTES) {
            throw new IllegalArgumentException("the tokenizer has more than " + MAX_ENCODED_BYTES + " bytes encoded");
        }
    }

    private static TokenizerInfo of(Kind kind) {
        return new TokenizerInfo(kind, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// A character tokenizer.
    ///
    /// @param characters the character of each id
    /// @throws IllegalArgumentException if an entry is not one code point or occurs twice
    public static TokenizerInfo ofCharacters(List<String> characters) {
        return new TokenizerInfo(
                Kind.CHARACTERS, characters, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// A byte-pair tokenizer; [#R50K_BASE] if it is GPT-2's.
    public static TokenizerInfo ofBytePairs(BytePairs pairs) {
        return R50kBase.is(pairs) ? R50K_BASE : new TokenizerInfo(
                Kind.BYTE_PAIR, List.of(), Optional.of(pairs), Optional.empty(), Optional.empty());
    }

    /// A pair encoding of characters.
    public static TokenizerInfo ofCharacterPairs(CharacterPairs pairs) {
        return new TokenizerInfo(
                Kind.CHARACTER_PAIR, List.of(), Optional.empty(), Optional.of(pairs), Optional.empty());
    }

    /// The same tokenizer with another chat template, or with none.
    ///
    /// @throws IllegalArgumentException if this is [#NONE] and there is a template
    public TokenizerInfo withChat(Optional<ChatTemplate> template) {
        return new TokenizerInfo(kind, characters, bytePairs, characterPairs, template);
    }

    private static void checkCharacters(List<String> characters) {
        Map<String, Integer> ids = HashMap.newHashMap(characters.size());
        for (int id = 0; id < characters.size(); id++) {
            String character = characters.get(id);
            if (character.isEmpty() || character.codePointCount(0, character.length()) != 1) {
                throw new IllegalArgumentException("entry " + id + " is " + Texts.quote(character)
                        + ", need one character");
            }
            int codePoint = character.codePointAt(0);
            if (Texts.unpairedSurrogate(character) >= 0) {
                throw new IllegalArgumentException("entry " + id + " is half a surrogate pair, need one character");
            }
            Integer previous = ids.put(character, id);
            if (previous != null) {
                throw new IllegalArgumentException("entries " + previous + " and " + id + " are both "
                        + Texts.name(codePoint));
            }
        }
    }

    /// The tokenizer that this describes; empty for [#NONE]. Loading takes some tens of milliseconds for large ones:
    /// keep it.
    public Optional<Tokenizer> tokenizer() {
        return switch (kind) {
            case NONE -> Optional.empty();
            case CHARACTERS -> Optional.of(new CharacterTokenizer(characters));
            case R50K_BASE -> Optional.of(R50kBase.tokenizer());
            case BYTE_PAIR -> bytePairs.map(BytePairTokenizer::new);
            case CHARACTER_PAIR -> characterPairs.map(CharacterPairTokenizer::new);
        };
    }

    /// One more than the largest id of a token; 0 for [#NONE].
    public int size() {
        return switch (kind) {
            case NONE -> 0;
            case CHARACTERS -> characters.size();
            case R50K_BASE -> R50kBase.SIZE;
            case BYTE_PAIR -> bytePairs.orElseThrow().size();
            case CHARACTER_PAIR -> characterPairs.orElseThrow().size();
        };
    }

    /// For people: the scheme and its size.
    public String describe() {
        return switch (kind) {
            case NONE -> "none, token ids only";
            case CHARACTERS -> "one token per character, " + size() + " characters";
            case R50K_BASE -> "GPT-2's encoding (r50k_base)";
            case BYTE_PAIR -> "a byte-pair encoding of " + size() + " tokens";
            case CHARACTER_PAIR -> "a pair encoding of characters of " + size() + " tokens";
        };
    }

    /// Control tokens and other tokens outside ordinary text, by rising id.
    public List<AddedToken> addedTokens() {
        return switch (kind) {
            case NONE, CHARACTERS -> List.of();
            case R50K_BASE -> R50kBase.pairs().addedTokens();
            case BYTE_PAIR -> bytePairs.orElseThrow().addedTokens();
            case CHARACTER_PAIR -> characterPairs.orElseThrow().addedTokens();
        };
    }

    /// The bytes that files carry: one byte for the kind; then for characters their number and code points as unsigned
    /// LEB128, for pairs what [BytePairsCodec] and [CharacterPairsCodec] describe; then, if there is a chat template,
    /// its three texts, each as length (LEB128) and UTF-8. The same value always gives the same bytes.
    public byte[] encode() {
        return encode(kind, characters, bytePairs, characterPairs, chat);
    }

    private static byte[] encode(Kind kind, List<String> characters, Optional<BytePairs> bytePairs,
            Optional<CharacterPairs> characterPairs, Optional<ChatTemplate> chat) {
        VarintWriter out = new VarintWriter();
        out.put(kind.ordinal());
        if (kind == Kind.CHARACTERS) {
            out.put(characters.size());
            characters.forEach(character -> out.put(character.codePointAt(0)));
        }
        bytePairs.ifPresent(pairs -> out.put(pairs.encoded()));
        characterPairs.ifPresent(pairs -> out.put(pairs.encoded()));
        chat.ifPresent(template -> template.write(out));
        return out.toByteArray();
    }

    /// Reads an encoding.
    ///
    /// @throws IllegalArgumentException if the bytes are not what [#encode] gives for some value, whatever they are
    public static TokenizerInfo decode(byte[] encoded) {
        if (encoded.length > MAX_ENCODED_BYTES) {
            throw new IllegalArgumentException("the tokenizer has " + encoded.length + " bytes, at most "
                    + MAX_ENCODED_BYTES + " are supported");
        }
        VarintReader in = new VarintReader(encoded);
        Kind kind = Kind.values()[in.get(Kind.values().length - 1)];
        TokenizerInfo info = switch (kind) {
            case NONE -> NONE;
            case R50K_BASE -> R50K_BASE;
            case CHARACTERS -> ofCharacters(characters(in));
            case BYTE_PAIR -> new TokenizerInfo(
                    kind, List.of(), Optional.of(BytePairsCodec.read(in)), Optional.empty(), Optional.empty());
            case CHARACTER_PAIR -> ofCharacterPairs(CharacterPairsCodec.read(in));
        };
        if (!in.atEnd()) {
            info = info.withChat(Optional.of(ChatTemplate.read(in)));
            in.end();
        }
        if (!Arrays.equals(info.encode(), encoded)) {
            throw new IllegalArgumentException("the tokenizer is not in canonical form");
        }
        return info;
    }

    private static List<String> characters(VarintReader in) {
        String[] characters = new String[in.count(Character.MAX_CODE_POINT + 1, 1)];
        for (int id = 0; id < characters.length; id++) {
            characters[id] = Character.toString(in.get(Character.MAX_CODE_POINT));
        }
        return List.of(characters);
    }
}
