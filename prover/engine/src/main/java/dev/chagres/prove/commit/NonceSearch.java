package dev.chagres.prove.commit;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.kernel.HashKernels;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.HashContexts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/// Searches the transcript's nonces with the hash kernels, on all threads.
///
/// The hashed message is state (32 bytes) | 4 | u32 tag length | tag | u64 nonce
/// ([dev.chagres.transcript.Transcript]): one block, for tags of at most [#LONGEST_TAG] characters. Threads take
/// batches in order and go on until one has a nonce that is less than all that are left, hence the nonce found is the
/// least one, whatever the number of threads.
public final class NonceSearch {
    /// Most characters of a tag.
    public static final int LONGEST_TAG = 19;
    /// Nonces that a thread takes at a time: some ten microseconds.
    private static final int BATCH = 1 << 10;
    private static final int STATE_BYTES = 32;
    /// Flags of the one block that is compressed.
    public static final int FLAGS = CHUNK_START | CHUNK_END | ROOT | HashContexts.TRANSCRIPT.flag();
    private static final int[] START = new int[8];

    static {
        Arrays.setAll(START, HashContexts.TRANSCRIPT::word);
    }

    private NonceSearch() {}

    /// The bytes before the nonce.
    public static byte[] head(byte[] state, String tag) {
        return ByteBuffer.allocate(STATE_BYTES + 1 + Integer.BYTES + tag.length())
                .order(ByteOrder.LITTLE_ENDIAN).put(state).put((byte) 4).putInt(tag.length())
                .put(tag.getBytes(StandardCharsets.US_ASCII)).array();
    }

    /// The chaining value before the block.
    public static int[] start() {
        return START.clone();
    }

    /// The least nonce.
    ///
    /// @see dev.chagres.prove.stage.Stages#nonce
    public static long least(byte[] state, String tag, int bits, Host host) {
        HashKernels hash = host.kernels().hash();
        byte[] head = head(state, tag);
        AtomicLong next = new AtomicLong();
        AtomicLong best = new AtomicLong(Long.MAX_VALUE);
        host.run(host.threads(), (_, _) -> {
            for (long first = next.getAndAdd(BATCH); first < best.get(); first = next.getAndAdd(BATCH)) {
                long nonce = hash.leastNonce(head, bits, first, BATCH, START, FLAGS);
                if (nonce >= 0) {
                    best.accumulateAndGet(nonce, Math::min);
                }
            }
        });
        return best.get();
    }
}
