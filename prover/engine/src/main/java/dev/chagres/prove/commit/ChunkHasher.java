package dev.chagres.prove.commit;

import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.commit.MerkleProof;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.store.Buffer;
import dev.chagres.transcript.HashContexts;
import java.lang.foreign.MemorySegment;

/// [RowHasher] with the kernels of a host.
///
/// No row is kept: rows of a chunk are encoded sixteen at a time and absorbed. A chunk costs 32 bytes a column.
///
/// @param encoder makes the rows
/// @param rows of the matrix, at least 1
/// @param logK log2 of the coefficients of a row
/// @param logN log2 of the columns
/// @param host that computes
public record ChunkHasher(RowEncoder encoder, int rows, int logK, int logN, Host host) implements RowHasher {

    /// Distance of codewords: sixteen streams whose distance is a power of two would share cache sets, so one more
    /// line.
    private long stride() {
        return (4L << logN) + Memory.ALIGNMENT;
    }

    @Override
    public long bytes(int threads) {
        return ((long) DIGEST_BYTES << logN) + Math.min(rows, BLOCK_ROWS) * stride() + threads * (4L << logK);
    }

    @Override
    public Buffer chaining(int chunk, Runnable each) {
        HashKernels hash = host.kernels().hash();
        int end = Math.min(rows, (chunk + 1) * CHUNK_ROWS);
        Buffer state = Buffer.raw(host.memory(), (long) DIGEST_BYTES << logN);
        try (MemoryScope arena = host.scope()) {
            forRanges((from, n) -> hash.initColumns(HashContexts.LEAF, state.address() + from * DIGEST_BYTES, n));
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
                host.run(count, (worker, i) -> encoder.encode(first + i, coefficients[worker],
                        codewords + i * stride()));
                forRanges((from, n) -> hash.absorbColumns(HashContexts.LEAF,
                        state.address() + from * DIGEST_BYTES, codewords + 4 * from, stride(), count, n, chunk,
                        flags));
                each.run();
            }
            return state;
        } catch (RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    @Override
    public Buffer merge(Buffer left, Buffer right, boolean root) {
        forRanges((from, n) -> host.kernels().hash().mergeColumns(HashContexts.LEAF,
                left.address() + from * DIGEST_BYTES, right.address() + from * DIGEST_BYTES, n,
                root ? PARENT | ROOT : PARENT));
        return right.take();
    }

    @Override
    public void tree(Buffer chaining, MemorySegment region) {
        MerkleTree tree = new MerkleTree(region, logN);
        forRanges((from, n) -> host.kernels().hash().storeColumns(tree.leaves() + from * MerkleProof.NODE_BYTES,
                chaining.address() + from * DIGEST_BYTES, n, MerkleProof.NODE_BYTES));
        tree.build(host);
    }

    @Override
    public int[][] columns(int first, int end, int[] positions) {
        int[][] columns = new int[positions.length][end - first];
        try (MemoryScope arena = host.scope()) {
            long[] coefficients = new long[host.threads()];
            long[] codewords = new long[host.threads()];
            for (int w = 0; w < codewords.length; w++) {
                coefficients[w] = arena.allocateBase(1L << logK);
                codewords[w] = arena.allocateBase(1L << logN);
            }
            host.run(end - first, (worker, row) -> {
                encoder.encodeAt(first + row, coefficients[worker], codewords[worker], positions);
                for (int i = 0; i < positions.length; i++) {
                    columns[i][row] = Memory.getInt(codewords[worker], positions[i]);
                }
            });
        }
        return columns;
    }

    private interface Range {
        void run(long from, long n);
    }

    private void forRanges(Range range) {
        host.ranges(1L << logN, (part, from, to) -> range.run(from, to - from));
    }
}
