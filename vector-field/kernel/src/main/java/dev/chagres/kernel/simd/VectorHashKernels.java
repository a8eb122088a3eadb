package dev.chagres.kernel.simd;

import static dev.chagres.hash.Blake3Compression.BLOCK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_BYTES;
import static dev.chagres.hash.Blake3Compression.CHUNK_END;
import static dev.chagres.hash.Blake3Compression.CHUNK_START;
import static dev.chagres.hash.Blake3Compression.DIGEST_BYTES;
import static dev.chagres.hash.Blake3Compression.PARENT;
import static dev.chagres.hash.Blake3Compression.ROOT;

import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.HashShape;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// BLAKE3 with one message in each lane. Messages are equally long, so all lanes go through the same chunks and
/// the same tree.
///
/// Columns are taken in tiles of up to [#GROUPS] groups of one message per lane, so that reading a block of a tile
/// touches 4 KiB in a row; all state of a tile stays in the first-level cache, and its groups are compressed together
/// ([Blake3Loops]).
///
/// Measured in cache on one core of an Intel Xeon (family 6, model 207), JDK 25.0.3: whole columns 4.6 to 4.7 GB/s, absorbed
/// blocks 5.4 GB/s.
public final class VectorHashKernels implements HashKernels {
    private static final int LANES = Lanes.COUNT;
    private static final long GROUPS = 64 / LANES;
    private static final long TILE = GROUPS * LANES;
    private static final int ROWS_PER_BLOCK = BLOCK_BYTES / 4;
    private static final int BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;

    @Override
    public void hashColumns(Blake3Mode mode, long dst, long src, long blockStride, long rows, long from, long to) {
        HashShape.checkColumns(rows, from, to);
        if (from == to) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Tile tile = new Tile(arena, mode, rows, BLOCK_BYTES, DIGEST_BYTES);
            for (long i = from; i < to; i += TILE) {
                tile.hash(dst + DIGEST_BYTES * (i - from), src + BLOCK_BYTES * i, blockStride, Math.min(TILE, to - i));
            }
        }
    }

    /// A pair of digests is a message of one block and lies where its words do, so pairs are columns of at most sixteen
    /// rows that may lie closer than 64 bytes.
    @Override
    public void hashPairs(Blake3Mode mode, long dst, long src, long n, int bytes) {
        HashShape.checkColumns(0, 0, n);
        HashShape.checkDigest(bytes);
        int pair = 2 * bytes;
        try (Arena arena = Arena.ofConfined()) {
            Tile tile = new Tile(arena, mode, pair / 4, pair, bytes);
            for (long i = 0; i < n; i += TILE) {
                tile.hash(dst + bytes * i, src + pair * i, 0, Math.min(TILE, n - i));
            }
        }
    }

    /// State of a group of one column per lane: eight vectors, word by word.
    @Override
    public void initColumns(Blake3Mode mode, long state, long n) {
        HashShape.checkState(n);
        Blake3Lanes.init(mode, state, n / LANES);
    }

    @Override
    public void absorbColumns(Blake3Mode mode, long state, long src, long rowStride, int rows, long n, long chunk,
            int flags) {
        HashShape.checkState(n);
        HashShape.checkBlock(rows);
        try (Arena arena = Arena.ofConfined()) {
            long words = Memory.allocate(arena, GROUPS * Blake3Lanes.MESSAGE);
            long lower = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
            for (long i = 0; i < n; i += TILE) {
                long groups = Math.min(TILE, n - i) / LANES;
                // A row gives every group of the tile one word: 256 bytes in a row.
                for (int r = 0; r < rows; r++) {
                    Blake3Lanes.loadWord(words + r * Lanes.BYTES, src + r * rowStride + 4 * i, groups);
                }
                Blake3Loops.compress(state + i * DIGEST_BYTES, words, lower, groups, chunk, 4 * rows,
                        flags | mode.flag());
            }
        }
    }

    @Override
    public void mergeColumns(Blake3Mode mode, long left, long right, long n, int flags) {
        HashShape.checkState(n);
        try (Arena arena = Arena.ofConfined()) {
            long words = Memory.allocate(arena, GROUPS * Blake3Lanes.MESSAGE);
            long lower = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
            for (long i = 0; i < n; i += TILE) {
                long groups = Math.min(TILE, n - i) / LANES;
                long a = left + i * DIGEST_BYTES;
                long b = right + i * DIGEST_BYTES;
                for (long g = 0; g < groups; g++) {
                    long message = words + g * Blake3Lanes.MESSAGE;
                    Memory.copy(a + g * Blake3Lanes.CV, message, Blake3Lanes.CV);
                    Memory.copy(b + g * Blake3Lanes.CV, message + Blake3Lanes.CV, Blake3Lanes.CV);
                }
                Blake3Lanes.init(mode, b, groups);
                Blake3Loops.compress(b, words, lower, groups, 0, BLOCK_BYTES, flags | mode.flag());
            }
        }
    }

    @Override
    public void storeColumns(long dst, long state, long n, int bytes) {
        HashShape.checkState(n);
        HashShape.checkDigest(bytes);
        try (Arena arena = Arena.ofConfined()) {
            long edge = Memory.allocate(arena, (long) LANES * DIGEST_BYTES);
            for (long i = 0; i < n; i += LANES) {
                storeGroup(dst + i * bytes, state + i * DIGEST_BYTES, LANES, bytes, edge);
            }
        }
    }

    /// The first `count` digests of one group of lanes.
    ///
    /// @param edge working memory for the whole digests of a group
    private static void storeGroup(long dst, long values, long count, int bytes, long edge) {
        if (bytes == DIGEST_BYTES && count == LANES) {
            Transpose.store(dst, values);
            return;
        }
        Transpose.store(edge, values);
        if (bytes == DIGEST_BYTES) {
            Memory.copy(edge, dst, count * DIGEST_BYTES);
            return;
        }
        // Whole digests, each over the end of the one before; the last exactly.
        long to = dst;
        long from = edge;
        for (long end = edge + (count - 1) * DIGEST_BYTES; from != end; from += DIGEST_BYTES, to += bytes) {
            for (int b = 0; b < DIGEST_BYTES; b += Long.BYTES) {
                Memory.ALL.set(ValueLayout.JAVA_LONG_UNALIGNED, to + b,
                        Memory.ALL.get(ValueLayout.JAVA_LONG_UNALIGNED, from + b));
            }
        }
        Memory.copy(from, to, bytes);
    }

    @Override
    public void loadColumns(long state, long src, long n) {
        HashShape.checkState(n);
        int words = DIGEST_BYTES / 4;
        for (long i = 0; i < n; i += LANES) {
            for (int w = 0; w < words; w++) {
                for (int lane = 0; lane < LANES; lane++) {
                    Memory.setInt(state, words * i + (long) w * LANES + lane,
                            Memory.getInt(src, words * (i + lane) + w));
                }
            }
        }
    }

    @Override
    public long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags) {
        HashShape.checkNonces(head.length, bits, first, count);
        try (Arena arena = Arena.ofConfined()) {
            return new NonceLanes(arena, head, bits, start, flags).least(first, count);
        }
    }

    /// The working memory of one tile and the walk through its messages.
    private static final class Tile {
        private final Blake3Mode mode;
        private final long rows;
        /// Bytes from the block of a message to that of the next one.
        private final int stride;
        private final int digestBytes;
        private final long words;
        private final long lower;
        private final long cv;
        private final long stack;
        private final long edge;

        Tile(Arena arena, Blake3Mode mode, long rows, int stride, int digestBytes) {
            this.mode = mode;
            this.rows = rows;
            this.stride = stride;
            this.digestBytes = digestBytes;
            long chunks = chunks(rows);
            int levels = 64 - Long.numberOfLeadingZeros(chunks);
            words = Memory.allocate(arena, GROUPS * Blake3Lanes.MESSAGE);
            lower = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
            cv = Memory.allocate(arena, GROUPS * Blake3Lanes.CV);
            stack = Memory.allocate(arena, levels * GROUPS * Blake3Lanes.CV);
            edge = Memory.allocate(arena, (long) LANES * BLOCK_BYTES);
        }

        private static long blocks(long rows) {
            return Math.max(1, (rows + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK);
        }

        private static long chunks(long rows) {
            return (blocks(rows) + BLOCKS_PER_CHUNK - 1) / BLOCKS_PER_CHUNK;
        }

        /// Hashes `columns` <= TILE messages whose first block starts at `src`.
        void hash(long dst, long src, long blockStride, long columns) {
            long groups = (columns + LANES - 1) / LANES;
            long blocks = blocks(rows);
            long chunks = chunks(rows);
            int depth = 0;
            long block = 0;
            for (long chunk = 0; chunk < chunks; chunk++) {
                Blake3Lanes.init(mode, cv, groups);
                long first = block;
                long last = Math.min(blocks, first + BLOCKS_PER_CHUNK) - 1;
                for (; block <= last; block++) {
                    int length = (int) (4 * Math.min(ROWS_PER_BLOCK, rows - block * ROWS_PER_BLOCK));
                    int flags = (block == first ? CHUNK_START : 0)
                            | (block == last ? CHUNK_END : 0)
                            | (block == last && chunks == 1 ? ROOT : 0);
                    for (long g = 0; g < groups; g++) {
                        loadBlock(words + g * Blake3Lanes.MESSAGE, src + block * blockStride + g * LANES * stride,
                                columns - g * LANES, length);
                    }
                    Blake3Loops.compress(cv, words, lower, groups, chunk, length, flags | mode.flag());
                }
                if (chunk < chunks - 1) {
                    // Merge with every complete left neighbour: as many as chunk + 1 has low zero bits.
                    for (long finished = chunk + 1; (finished & 1) == 0; finished >>= 1) {
                        merge(--depth, groups, PARENT);
                    }
                    Memory.copy(cv, level(depth++), groups * Blake3Lanes.CV);
                }
            }
            while (depth > 0) {
                depth--;
                merge(depth, groups, depth == 0 ? PARENT | ROOT : PARENT);
            }
            storeDigests(dst, columns);
        }

        private long level(int depth) {
            return stack + depth * GROUPS * Blake3Lanes.CV;
        }

        /// Chaining values := parent of the stack's level `depth` (left) and the chaining values (right).
        private void merge(int depth, long groups, int flags) {
            for (long g = 0; g < groups; g++) {
                long message = words + g * Blake3Lanes.MESSAGE;
                Memory.copy(level(depth) + g * Blake3Lanes.CV, message, Blake3Lanes.CV);
                Memory.copy(cv + g * Blake3Lanes.CV, message + Blake3Lanes.CV, Blake3Lanes.CV);
            }
            Blake3Lanes.init(mode, cv, groups);
            Blake3Loops.compress(cv, words, lower, groups, 0, BLOCK_BYTES, flags | mode.flag());
        }

        /// Transposes one block of LANES columns into `message`, or of `columns` if there are fewer; words past
        /// `length` bytes are zero.
        private void loadBlock(long message, long src, long columns, int length) {
            if (length > 0) {
                long lines = src;
                // Blocks that lie closer than 64 bytes are read beyond their end: not behind the last one.
                if (columns < LANES || columns == LANES && stride < BLOCK_BYTES) {
                    Memory.copy(lines, edge, columns * stride);
                    lines = edge;
                }
                Transpose.load(message, lines, stride);
            }
            if (length < BLOCK_BYTES) {
                long used = (long) length / 4 * Lanes.BYTES;
                Memory.zero(message + used, Blake3Lanes.MESSAGE - used);
            }
        }

        private void storeDigests(long dst, long columns) {
            long values = cv;
            for (long i = 0; i < columns; i += LANES, values += Blake3Lanes.CV) {
                storeGroup(dst + i * digestBytes, values, Math.min(LANES, columns - i), digestBytes, edge);
            }
        }
    }
}
