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
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// BLAKE3 of every column of a matrix whose rows arrive sixteen at a time, so that no row has to be kept: a column costs
/// 32 bytes, and 32 more for every finished chunk of 256 rows that waits for its right neighbour.
final class ColumnHasher {
    /// Rows of one message block.
    static final int BLOCK_ROWS = BLOCK_BYTES / 4;
    private static final int BLOCKS_PER_CHUNK = CHUNK_BYTES / BLOCK_BYTES;

    private final HashKernels hash;
    private final Parallel parallel;
    private final Arena arena;
    private final int rows;
    private final long columns;
    private final long chunks;
    private final long state;
    /// Chaining values of finished subtrees, largest first; memory of popped ones is used again.
    private final List<Long> stack = new ArrayList<>();
    private int depth;
    private int block;

    /// @param arena owns the state
    /// @param rows at least 1
    /// @param columns a multiple of 16
    ColumnHasher(HashKernels hash, Parallel parallel, Arena arena, int rows, long columns) {
        this.hash = hash;
        this.parallel = parallel;
        this.arena = arena;
        this.rows = rows;
        this.columns = columns;
        this.chunks = (blocks() + BLOCKS_PER_CHUNK - 1) / BLOCKS_PER_CHUNK;
        this.state = Memory.allocate(arena, columns * DIGEST_BYTES);
    }

    private int blocks() {
        return (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    }

    /// Absorbs the next sixteen rows, or what is left of them; row r starts at `src + r * stride`.
    void absorb(long src, long stride) {
        boolean first = block % BLOCKS_PER_CHUNK == 0;
        boolean last = block % BLOCKS_PER_CHUNK == BLOCKS_PER_CHUNK - 1 || block == blocks() - 1;
        int here = Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
        int flags = (first ? CHUNK_START : 0) | (last ? CHUNK_END : 0) | (last && chunks == 1 ? ROOT : 0);
        long chunk = block / BLOCKS_PER_CHUNK;
        forRanges((from, n) -> {
            long at = state + from * DIGEST_BYTES;
            if (first) {
                hash.initColumns(at, n);
            }
            hash.absorbColumns(at, src + 4 * from, stride, here, n, chunk, flags);
        });
        block++;
        if (last && chunk < chunks - 1) {
            // Merge with every complete left neighbour: as many as chunk + 1 has low zero bits.
            for (long finished = chunk + 1; (finished & 1) == 0; finished >>= 1) {
                merge(PARENT);
            }
            push();
        }
    }

    private void push() {
        if (depth == stack.size()) {
            stack.add(Memory.allocate(arena, columns * DIGEST_BYTES));
        }
        long target = stack.get(depth++);
        forRanges((from, n) -> Memory.copy(state + from * DIGEST_BYTES, target + from * DIGEST_BYTES, n * DIGEST_BYTES));
    }

    private void merge(int flags) {
        long left = stack.get(--depth);
        forRanges((from, n) ->
                hash.mergeColumns(left + from * DIGEST_BYTES, state + from * DIGEST_BYTES, n, flags));
    }

    /// Writes the digests of all columns, after the last row.
    void finish(long digests) {
        if (block != blocks()) {
            throw new IllegalStateException(block + " of " + blocks() + " blocks absorbed");
        }
        while (depth > 0) {
            merge(depth == 1 ? PARENT | ROOT : PARENT);
        }
        forRanges((from, n) -> hash.storeColumns(digests + from * DIGEST_BYTES, state + from * DIGEST_BYTES, n));
    }

    private interface Range {
        void run(long from, long n);
    }

    private void forRanges(Range range) {
        parallel.ranges(columns, (part, from, to) -> range.run(from, to - from));
    }
}
