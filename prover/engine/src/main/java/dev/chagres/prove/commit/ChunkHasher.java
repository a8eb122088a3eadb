package dev.chagres.prove.commit;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.store.Buffer;

/// BLAKE3 of every column of a matrix, one chunk of 256 rows at a time: the words of a column in 256 rows are a chunk of its message, so
/// chunks are hashed apart and their chaining values merged as the hash's own tree asks.
///
/// No row is kept: rows of a chunk are encoded sixteen at a time and absorbed. A chunk costs 32 bytes a column.
///
/// @param encoder makes the rows
/// @param rows of the matrix, at least 1
/// @param logK log2 of the coefficients of a row
/// @param logN log2 of the columns
public record ChunkHasher(RowEncoder encoder, int rows, int logK, int logN) {
    /// Rows of one message block.
    static final int BLOCK_ROWS = BLOCK_BYTES / 4;
    /// Rows of one chunk.
    public static final int CHUNK_ROWS = CHUNK_BYTES / 4;

    /// Number of chunks.
    public int chunks() {
        return (rows + CHUNK_ROWS - 1) / CHUNK_ROWS;
    }

    /// Distance of codewords: sixteen streams whose distance is a power of two would share cache sets, so one more line.
    private long stride() {
        return (4L << logN) + Memory.ALIGNMENT;
    }

    /// Bytes that [#chaining(int, Host, Runnable)] needs while it runs, its result included.
    public long bytes(int threads) {
        return ((long) DIGEST_BYTES << logN) + Math.min(rows, BLOCK_ROWS) * stride() + threads * (4L << logK);
    }

    /// The chaining values of all columns after a chunk of rows, which is the whole message if there is only one.
    ///
    /// @param each called after every [#BLOCK_ROWS] rows
    public Buffer chaining(int chunk, Host host, Runnable each) {
        HashKernels hash = host.kernels().hash();
        int end = Math.min(rows, (chunk + 1) * CHUNK_ROWS);
        Buffer state = Buffer.raw(host.memory(), (long) DIGEST_BYTES << logN);
        try (MemoryScope arena = host.scope()) {
            forRanges(host, (from, n) -> hash.initColumns(state.address() + from * DIGEST_BYTES, n));
            long codewords = arena.allocateRaw(Math.min(rows, BLOCK_ROWS) * stride());
            long[] coefficients = new long[host.threads()];
            for (int w = 0; w < coefficients.length; w++) {
                coefficients[w] = arena.allocateRaw(Memory.baseBytes(1L << logK));
            }
            for (int row = chunk * CHUNK_ROWS; row < end; row += BLOCK_ROWS) {
                int first = row;
                int count = Math.min(BLOCK_ROWS, end - row);
                int flags = (row % CHUNK_ROWS == 0 ? CHUNK_START : 0) | (row + count == end ? CHUNK_END : 0)
                        | (row + count == rows && chunks() == 1 ? ROOT : 0);
                host.run(count, (worker, i) -> encoder.encode(first + i, coefficients[worker], codewords + i * stride()));
                forRanges(host, (from, n) -> hash.absorbColumns(state.address() + from * DIGEST_BYTES,
                        codewords + 4 * from, stride(), count, n, chunk, flags));
                each.run();
            }
            return state;
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    /// Chunks of the left subtree of several: the largest power of two that leaves some for the right one.
    public static int left(int chunks) {
        return Integer.highestOneBit(chunks - 1);
    }

    /// The chaining values of two neighbouring subtrees together, in the memory of the right one.
    ///
    /// @param root whether they are the whole tree
    public Buffer merge(Buffer left, Buffer right, boolean root, Host host) {
        forRanges(host, (from, n) -> host.kernels().hash().mergeColumns(left.address() + from * DIGEST_BYTES,
                right.address() + from * DIGEST_BYTES, n, root ? PARENT | ROOT : PARENT));
        return right.take();
    }

    /// The chaining values after all rows.
    Buffer all(Host host, Runnable each) {
        return subtree(0, chunks(), host, each);
    }

    private Buffer subtree(int from, int to, Host host, Runnable each) {
        if (to - from == 1) {
            return chaining(from, host, each);
        }
        int middle = from + left(to - from);
        try (Buffer left = subtree(from, middle, host, each);
                Buffer right = subtree(middle, to, host, each)) {
            return merge(left, right, to - from == chunks(), host);
        }
    }

    /// Fills a tree whose leaves are the final chaining values.
    void finish(Buffer chaining, MerkleTree tree, Host host) {
        forRanges(host, (from, n) -> host.kernels().hash().storeColumns(tree.leaves() + from * DIGEST_BYTES,
                chaining.address() + from * DIGEST_BYTES, n));
        tree.build(host);
    }

    private interface Range {
        void run(long from, long n);
    }

    private void forRanges(Host host, Range range) {
        host.ranges(1L << logN, (part, from, to) -> range.run(from, to - from));
    }
}
