package dev.chagres.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// [CharacterPairs] as bytes. All numbers are unsigned LEB128 of the least length.
///
/// | part | content |
/// |---|---|
/// | options | prefix; flags: 1 byte fallback, 2 ordered by score |
/// | tokens | count of ids; length and UTF-8 of each, length 0 where no token is |
/// | added tokens | count; by rising id: step from the id before (from -1), flags: 1 special |
/// | by rank: merges | count; left id, right id of each; the result is the token of the joined text |
/// | by score: places | of each id, 0 for the best: zigzag step from the place before (from 0) |
final class CharacterPairsCodec {
    private static final int BYTE_FALLBACK = 1;
    private static final int BY_SCORE = 2;
    private static final int SPECIAL = 1;

    private CharacterPairsCodec() {}

    static byte[] encode(CharacterPairs pairs) {
        VarintWriter out = new VarintWriter();
        out.put(pairs.options().prefix().ordinal());
        out.put((pairs.options().byteFallback() ? BYTE_FALLBACK : 0) | (pairs.merges().isEmpty() ? BY_SCORE : 0));
        out.put(pairs.size());
        for (int id = 0; id < pairs.size(); id++) {
            byte[] token = pairs.token(id) == null ? new byte[0] : pairs.token(id).getBytes(StandardCharsets.UTF_8);
            out.put(token.length);
            out.put(token);
        }
        out.put(pairs.addedTokens().size());
        int previous = -1;
        for (AddedToken token : pairs.addedTokens()) {
            out.put(token.id() - previous);
            out.put(token.special() ? SPECIAL : 0);
            previous = token.id();
        }
        pairs.merges().ifPresent(merges -> {
            out.put(merges.count());
            for (int m = 0; m < merges.count(); m++) {
                out.put(merges.left(m));
                out.put(merges.right(m));
            }
        });
        int before = 0;
        for (int place : pairs.places()) {
            out.put(place - before << 1 ^ place - before >> 31);
            before = place;
        }
        return out.toByteArray();
    }

    /// Reads an encoding that more may follow; whether it is the canonical one is for the caller to compare.
    ///
    /// @throws IllegalArgumentException if the bytes are no encoding
    static CharacterPairs read(VarintReader in) {
        CharacterPairOptions.Prefix[] prefixes = CharacterPairOptions.Prefix.values();
        CharacterPairOptions.Prefix prefix = prefixes[in.get(prefixes.length - 1)];
        int flags = in.get(BYTE_FALLBACK | BY_SCORE);
        String[] tokens = new String[in.count(BytePairs.MAX_IDS, 1)];
        for (int id = 0; id < tokens.length; id++) {
            String token = in.text(BytePairs.MAX_TOKEN_BYTES);
            tokens[id] = token.isEmpty() ? null : token;
        }
        List<AddedToken> added = added(in, tokens);
        CharacterPairOptions options = new CharacterPairOptions(prefix, (flags & BYTE_FALLBACK) != 0);
        boolean byScore = (flags & BY_SCORE) != 0;
        return new CharacterPairs(tokens, byScore ? Optional.empty() : Optional.of(merges(in, tokens.length)),
                byScore ? places(in, tokens.length) : new int[0], added, options);
    }

    private static List<AddedToken> added(VarintReader in, String[] tokens) {
        int count = in.count(tokens.length, 2);
        List<AddedToken> added = new ArrayList<>(count);
        int id = -1;
        for (int i = 0; i < count; i++) {
            id = BytePairsCodec.nextId(id, in);
            boolean special = in.get(SPECIAL) != 0;
            if (id >= tokens.length || tokens[id] == null) {
                throw new IllegalArgumentException("the added token " + id + " is not there");
            }
            added.add(new AddedToken(id, tokens[id], special, false));
        }
        return added;
    }

    private static CharacterPairs.Pairs merges(VarintReader in, int size) {
        int count = in.count(BytePairs.MAX_MERGES, 2);
        CharacterPairs.Pairs pairs = new CharacterPairs.Pairs(new int[count], new int[count]);
        for (int m = 0; m < count; m++) {
            pairs.left()[m] = in.get(size - 1);
            pairs.right()[m] = in.get(size - 1);
        }
        return pairs;
    }

    private static int[] places(VarintReader in, int count) {
        int[] places = new int[count];
        int place = 0;
        for (int id = 0; id < count; id++) {
            int zigzag = in.get(2 * BytePairs.MAX_IDS);
            place += zigzag >>> 1 ^ -(zigzag & 1);
            places[id] = place;
        }
        return places;
    }
}
