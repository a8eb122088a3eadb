package dev.chagres.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// [BytePairs] as bytes. All numbers are unsigned LEB128 of the least length.
///
/// | part | content |
/// |---|---|
/// | options | pre-tokenizer; flags: 1 prefix space, 2 NFC, 4 ignore merges |
/// | spelt tokens | count; by rising id: step from the id before (from -1), length, bytes |
/// | merge results | count of merges; runs of equal steps from result to result (from -1): zigzag step, length |
/// | merge pairs | left id, right id of each, by rank |
/// | added tokens | count; by rising id: step from the id before (from -1), flags: 1 special, 2 normalized |
///
/// A token is spelt if no merge makes it, if it is special, or if a merge needs it before one makes it; all others
/// follow from the merges. So GPT-2's vocabulary is 256 bytes, one control token and 50,000 pairs.
final class BytePairsCodec {
    private static final int PREFIX_SPACE = 1;
    private static final int NFC = 2;
    private static final int IGNORE_MERGES = 4;
    private static final int SPECIAL = 1;
    private static final int NORMALIZED = 2;

    private BytePairsCodec() {}

    static byte[] encode(BytePairs pairs) {
        VarintWriter out = new VarintWriter();
        BytePairOptions options = pairs.options();
        out.put(options.preTokenizer().ordinal());
        out.put((options.prefixSpace() ? PREFIX_SPACE : 0) | (options.nfc() ? NFC : 0)
                | (options.ignoreMerges() ? IGNORE_MERGES : 0));
        BitSet spelt = spelt(pairs);
        out.put(spelt.cardinality());
        int previous = -1;
        for (int id = spelt.nextSetBit(0); id >= 0; id = spelt.nextSetBit(id + 1)) {
            byte[] token = pairs.token(id);
            out.put(id - previous);
            out.put(token.length);
            out.put(token);
            previous = id;
        }
        putMerges(pairs.merges(), out);
        out.put(pairs.addedTokens().size());
        previous = -1;
        for (AddedToken token : pairs.addedTokens()) {
            out.put(token.id() - previous);
            out.put((token.special() ? SPECIAL : 0) | (token.normalized() ? NORMALIZED : 0));
            previous = token.id();
        }
        return out.toByteArray();
    }

    /// @throws IllegalArgumentException if the bytes are not what [#encode] gives for some value
    static BytePairs decode(byte[] encoded) {
        VarintReader in = new VarintReader(encoded);
        BytePairs pairs = read(in);
        in.end();
        if (!Arrays.equals(pairs.encoded(), encoded)) {
            throw new IllegalArgumentException("the tokenizer is not in canonical form");
        }
        return pairs;
    }

    /// Reads an encoding that more may follow; whether it is the canonical one is for the caller to compare.
    ///
    /// @throws IllegalArgumentException if the bytes are no encoding
    static BytePairs read(VarintReader in) {
        BytePairOptions options = options(in);
        byte[][] tokens = speltTokens(in);
        int[] result = results(in);
        int[] left = new int[result.length];
        int[] right = new int[result.length];
        long bytes = 0;
        int largest = tokens.length - 1;
        for (int id : result) {
            largest = Math.max(largest, id);
        }
        tokens = Arrays.copyOf(tokens, largest + 1);
        for (int m = 0; m < result.length; m++) {
            left[m] = in.get(largest);
            right[m] = in.get(largest);
            byte[] first = tokens[left[m]];
            byte[] second = tokens[right[m]];
            if (first == null || second == null) {
                throw new IllegalArgumentException("merge " + m + " is of tokens that are not there yet");
            }
            if (tokens[result[m]] == null) {
                int length = first.length + second.length;
                bytes += length;
                if (length > BytePairs.MAX_TOKEN_BYTES || bytes > BytePairs.MAX_BYTES) {
                    throw new IllegalArgumentException("the tokens that merges make are too long");
                }
                tokens[result[m]] = Arrays.copyOf(first, length);
                System.arraycopy(second, 0, tokens[result[m]], first.length, second.length);
            }
        }
        List<AddedToken> added = added(in, tokens);
        return new BytePairs(tokens, new Merges(left, right, result), added, options);
    }

    /// The ids whose bytes must be written out.
    private static BitSet spelt(BytePairs pairs) {
        Merges merges = pairs.merges();
        BitSet spelt = new BitSet();
        for (int id = 0; id < pairs.size(); id++) {
            spelt.set(id, pairs.token(id) != null);
        }
        for (int m = 0; m < merges.count(); m++) {
            spelt.clear(merges.result(m));
        }
        BitSet known = (BitSet) spelt.clone();
        for (int m = 0; m < merges.count(); m++) {
            for (int part : new int[] {merges.left(m), merges.right(m)}) {
                if (!known.get(part)) {
                    spelt.set(part);
                    known.set(part);
                }
            }
            known.set(merges.result(m));
        }
        return spelt;
    }

    private static void putMerges(Merges merges, VarintWriter out) {
        out.put(merges.count());
        int previous = -1;
        for (int m = 0; m < merges.count();) {
            int step = merges.result(m) - previous;
            int start = m;
            while (m < merges.count() && merges.result(m) - previous == step) {
                previous = merges.result(m++);
            }
            out.put(step << 1 ^ step >> 31);
            out.put(m - start);
        }
        for (int m = 0; m < merges.count(); m++) {
            out.put(merges.left(m));
            out.put(merges.right(m));
        }
    }

    private static BytePairOptions options(VarintReader in) {
        PreTokenizer[] all = PreTokenizer.values();
        PreTokenizer preTokenizer = all[in.get(all.length - 1)];
        int flags = in.get(PREFIX_SPACE | NFC | IGNORE_MERGES);
        return new BytePairOptions(
                preTokenizer, (flags & PREFIX_SPACE) != 0, (flags & NFC) != 0, (flags & IGNORE_MERGES) != 0);
    }

    private static byte[][] speltTokens(VarintReader in) {
        int count = in.count(BytePairs.MAX_IDS, 3);
        List<byte[]> spelt = new ArrayList<>(count);
        int[] ids = new int[count];
        int id = -1;
        for (int i = 0; i < count; i++) {
            id = nextId(id, in);
            ids[i] = id;
            spelt.add(in.bytes(in.get(BytePairs.MAX_TOKEN_BYTES)));
        }
        byte[][] tokens = new byte[id + 1][];
        for (int i = 0; i < count; i++) {
            tokens[ids[i]] = spelt.get(i);
        }
        return tokens;
    }

    /// The id that comes a positive step after another one.
    static int nextId(int previous, VarintReader in) {
        int step = in.get(BytePairs.MAX_IDS - 1 - previous);
        if (step == 0) {
            throw new IllegalArgumentException("the tokenizer has an id twice");
        }
        return previous + step;
    }

    private static int[] results(VarintReader in) {
        int[] result = new int[in.count(BytePairs.MAX_MERGES, 2)];
        int previous = -1;
        for (int m = 0; m < result.length;) {
            int zigzag = in.get(2 * BytePairs.MAX_IDS);
            int step = zigzag >>> 1 ^ -(zigzag & 1);
            int run = in.get(result.length - m);
            if (run == 0) {
                throw new IllegalArgumentException("a run of no merges");
            }
            for (int end = m + run; m < end; m++) {
                previous += step;
                if (previous < 0 || previous >= BytePairs.MAX_IDS) {
                    throw new IllegalArgumentException("merge " + m + " makes id " + previous);
                }
                result[m] = previous;
            }
        }
        return result;
    }

    private static List<AddedToken> added(VarintReader in, byte[][] tokens) {
        int count = in.count(tokens.length, 2);
        List<AddedToken> added = new ArrayList<>(count);
        int id = -1;
        for (int i = 0; i < count; i++) {
            id = nextId(id, in);
            int flags = in.get(SPECIAL | NORMALIZED);
            if (id >= tokens.length || tokens[id] == null) {
                throw new IllegalArgumentException("the added token " + id + " is not there");
            }
            added.add(new AddedToken(
                    id, VarintReader.utf8(tokens[id]), (flags & SPECIAL) != 0, (flags & NORMALIZED) != 0));
        }
        return added;
    }
}
