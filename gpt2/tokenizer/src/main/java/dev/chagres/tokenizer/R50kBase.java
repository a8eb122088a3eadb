package dev.chagres.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// GPT-2's byte-pair encoding (`r50k_base`): 256 bytes, 50,000 merges, `<|endoftext|>`. Its origin and licence stand
/// beside the resource.
final class R50kBase {
    /// Ids of the encoding.
    static final int SIZE = 50257;

    private static final int MERGES = 50000;
    private static final String RESOURCE = "r50k_base.bin";

    private R50kBase() {}

    /// Loaded on first use: takes some tens of milliseconds.
    private static final class Holder {
        static final BytePairs PAIRS = load();
        static final Tokenizer TOKENIZER = new BytePairTokenizer(PAIRS);
    }

    static BytePairs pairs() {
        return Holder.PAIRS;
    }

    static Tokenizer tokenizer() {
        return Holder.TOKENIZER;
    }

    /// Whether an encoding is this one, by content.
    static boolean is(BytePairs pairs) {
        return pairs.size() == SIZE && pairs.mergeCount() == MERGES && pairs.equals(pairs());
    }

    private static BytePairs load() {
        try (InputStream in = R50kBase.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the tokenizer's jar");
            }
            return BytePairsCodec.decode(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
