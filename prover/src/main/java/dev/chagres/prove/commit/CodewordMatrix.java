package dev.chagres.prove.commit;

import dev.chagres.commit.MerkleProof;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Memory;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A matrix of encoded rows with its Merkle tree, in one region of memory.
///
/// The region holds the 2N nodes of the tree by heap number (32 bytes each, entry 0 unused, leaves last), then the
/// blocks: sixteen rows x N columns each, one 64-byte line per column. Words of absent rows are zero.
final class CodewordMatrix {
    private static final int BLOCK_ROWS = 16;
    private static final int LINE = 64;
    private static final int COLUMN_CHUNK = 1 << 10;

    private final MemorySegment region;
    private final int rows;
    private final int logN;

    /// Provides the coefficients of a row.
    interface RowSource {
        /// Writes the coefficients of `row` to the zeroed base array at `dst`.
        void fill(int worker, int row, long dst);
    }

    /// @param region [#bytes(int, int)] bytes at an address that is a multiple of 64
    CodewordMatrix(MemorySegment region, int rows, int logN) {
        if (region.byteSize() != bytes(rows, logN) || region.address() % LINE != 0) {
            throw new IllegalArgumentException("region of " + region.byteSize() + " bytes at " + region.address());
        }
        this.region = region;
        this.rows = rows;
        this.logN = logN;
    }

    /// Bytes of the region of a matrix.
    static long bytes(int rows, int logN) {
        long n = 1L << logN;
        return 2 * n * MerkleProof.DIGEST_BYTES + blocks(rows) * n * LINE;
    }

    private static long blocks(int rows) {
        return (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    }

    int rows() {
        return rows;
    }

    int logN() {
        return logN;
    }

    MemorySegment region() {
        return region;
    }

    private long node(long heapNumber) {
        return region.address() + heapNumber * MerkleProof.DIGEST_BYTES;
    }

    private long block(long block) {
        return region.address() + (2L * MerkleProof.DIGEST_BYTES << logN) + block * LINE * (1L << logN);
    }

    /// Encodes all rows and builds the tree.
    ///
    /// @param logK log2 of the coefficients of a row
    void build(Backend kernels, Parallel parallel, int logK, RowSource source) {
        long k = 1L << logK;
        // Sixteen streams whose distance is a power of two would share cache sets: one more line per row.
        long stride = (4L << logN) + LINE;
        try (Arena arena = Arena.ofShared()) {
            long codewords = Memory.allocate(arena, BLOCK_ROWS * stride);
            long[] coefficients = new long[parallel.threads()];
            for (int w = 0; w < coefficients.length; w++) {
                coefficients[w] = Memory.allocateBase(arena, k);
            }
            for (int b = 0; b < blocks(rows); b++) {
                int first = b * BLOCK_ROWS;
                int count = Math.min(BLOCK_ROWS, rows - first);
                parallel.run(count, (worker, i) -> {
                    Memory.zero(coefficients[worker], Memory.baseBytes(k));
                    source.fill(worker, first + i, coefficients[worker]);
                    kernels.fft().encode(codewords + i * stride, coefficients[worker], logK, logN, 1);
                });
                if (count < BLOCK_ROWS) {
                    Memory.zero(codewords + count * stride, (BLOCK_ROWS - count) * stride);
                }
                long target = block(b);
                parallel.ranges(1L << logN, (part, from, to) -> transpose(target, codewords, stride, from, to));
            }
        }
        buildTree(kernels, parallel);
    }

    /// Moves columns [from, to) of sixteen rows to their lines, two columns and two rows at a time.
    private static void transpose(long target, long rows, long stride, long from, long to) {
        for (long q = from; q < to; q += 2) {
            long line = target + q * LINE;
            for (int r = 0; r < BLOCK_ROWS; r += 2) {
                long a = Memory.ALL.get(ValueLayout.JAVA_LONG, rows + r * stride + 4 * q);
                long b = Memory.ALL.get(ValueLayout.JAVA_LONG, rows + (r + 1) * stride + 4 * q);
                Memory.ALL.set(ValueLayout.JAVA_LONG, line + 4L * r, (a & 0xffffffffL) | b << 32);
                Memory.ALL.set(ValueLayout.JAVA_LONG, line + LINE + 4L * r, (a >>> 32) | (b & 0xffffffff00000000L));
            }
        }
    }

    /// Hashes the columns as they are stored now and builds the tree over them.
    void buildTree(Backend kernels, Parallel parallel) {
        long n = 1L << logN;
        int chunk = (int) Math.min(n, COLUMN_CHUNK);
        parallel.run((int) (n / chunk), (worker, i) -> {
            long from = (long) i * chunk;
            kernels.hash().hashColumns(node(n + from), block(0), LINE * n, rows, from, from + chunk);
        });
        for (int level = logN - 1; level >= 0; level--) {
            long nodes = 1L << level;
            parallel.ranges(nodes, (part, from, to) ->
                    kernels.hash().hashPairs(node(nodes + from), node(2 * (nodes + from)), to - from));
        }
    }

    byte[] root() {
        return digest(1);
    }

    private byte[] digest(int heapNumber) {
        byte[] digest = new byte[MerkleProof.DIGEST_BYTES];
        MemorySegment.copy(Memory.ALL, ValueLayout.JAVA_BYTE, node(heapNumber), digest, 0, digest.length);
        return digest;
    }

    /// Word `row` of column `q`.
    int word(int row, long q) {
        return Memory.getInt(block(row / BLOCK_ROWS) + q * LINE, row % BLOCK_ROWS);
    }

    /// Address of that word.
    long wordAddress(int row, long q) {
        return block(row / BLOCK_ROWS) + q * LINE + 4L * (row % BLOCK_ROWS);
    }

    /// The opened columns followed by the pruned Merkle proof, as the verifier reads them.
    ///
    /// @param positions ascending and distinct
    byte[] open(int[] positions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int q : positions) {
            ByteBuffer column = ByteBuffer.allocate(4 * rows).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < rows; row++) {
                column.putInt(word(row, q));
            }
            out.writeBytes(column.array());
        }
        for (int sibling : MerkleProof.siblings(logN, positions)) {
            out.writeBytes(digest(sibling));
        }
        return out.toByteArray();
    }
}
