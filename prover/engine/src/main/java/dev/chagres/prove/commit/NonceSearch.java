package dev.chagres.prove.commit;

import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.HashContexts;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Searches the transcript's nonces many at a time with the hash kernels.
///
/// The hashed message is state (32 bytes) | 4 | u32 tag length | tag | u64 nonce
/// ([dev.chagres.transcript.Transcript]). With a tag of 3 modulo 4 characters it is a whole number of words and the
/// nonce is word-aligned, so that a batch of nonces is a matrix with one message per column. Batches go through the
/// numbers in order, hence the nonce found is the least one, whatever the number of threads.
public final class NonceSearch {
    private static final int BATCH = 1 << 12;
    private static final int LINE = 64;
    private static final int DIGEST_BYTES = 32;
    private static final int HEAD_BYTES = 32 + 1 + 4;

    private static final ValueLayout.OfLong BIG_ENDIAN = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private NonceSearch() {}

    /// The least nonce.
    ///
    /// @see dev.chagres.prove.stage.Stages#nonce
    public static long least(byte[] state, String tag, int bits, Host host) {
        HashKernels hash = host.kernels().hash();
        byte[] head = ByteBuffer.allocate(HEAD_BYTES + tag.length()).order(ByteOrder.LITTLE_ENDIAN).put(state)
                .put((byte) 4).putInt(tag.length()).put(tag.getBytes(StandardCharsets.US_ASCII)).array();
        int nonceWord = head.length / 4;
        int workers = host.threads();
        long[] messages = new long[workers];
        long[] digests = new long[workers];
        long[] found = new long[workers];
        try (MemoryScope arena = host.scope()) {
            for (int w = 0; w < workers; w++) {
                messages[w] = arena.allocate((long) BATCH * LINE);
                digests[w] = arena.allocate((long) BATCH * DIGEST_BYTES);
                for (int i = 0; i < BATCH; i++) {
                    for (int b = 0; b < head.length; b++) {
                        Memory.ALL.set(ValueLayout.JAVA_BYTE, messages[w] + (long) i * LINE + b, head[b]);
                    }
                }
            }
            for (long first = 0; ; first += (long) workers * BATCH) {
                long wave = first;
                host.run(workers, (worker, i) ->
                        found[i] = batch(
                                hash, messages[worker], digests[worker], nonceWord, wave + (long) i * BATCH, bits));
                long[] hits = Arrays.stream(found).filter(n -> n >= 0).toArray();
                if (hits.length > 0) {
                    return Arrays.stream(hits).min().getAsLong();
                }
            }
        }
    }

    /// The least good nonce in [first, first + BATCH), or -1.
    private static long batch(HashKernels hash, long messages, long digests, int nonceWord, long first, int bits) {
        for (int i = 0; i < BATCH; i++) {
            long message = messages + (long) i * LINE;
            Memory.setInt(message, nonceWord, (int) (first + i));
            Memory.setInt(message, nonceWord + 1, (int) (first + i >>> 32));
        }
        hash.hashColumns(HashContexts.TRANSCRIPT, digests, messages, (long) BATCH * LINE, nonceWord + 2, 0,
                BATCH);
        for (int i = 0; i < BATCH; i++) {
            long top = Memory.ALL.get(BIG_ENDIAN, digests + (long) i * DIGEST_BYTES);
            if (top >>> (Long.SIZE - bits) == 0) {
                return first + i;
            }
        }
        return -1;
    }
}
