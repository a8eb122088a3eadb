package dev.chagres.prove.stage;

import dev.chagres.prove.store.Buffer;
import java.lang.foreign.MemorySegment;

/// Encodes the rows of a matrix and hashes its columns with BLAKE3, one chunk of 256 rows at a time: the words of a
/// column in 256 rows are a chunk of its message, so chunks are hashed apart and their chaining values merged as the
/// hash's own tree asks. Safe for use by several threads; chaining values are 32 bytes a column in memory of the host,
/// owned by the caller.
public interface RowHasher {
    /// Rows of one message block.
    int BLOCK_ROWS = 16;
    /// Rows of one chunk.
    int CHUNK_ROWS = 256;

    /// Rows of the matrix.
    int rows();

    /// Number of chunks.
    default int chunks() {
        return (rows() + CHUNK_ROWS - 1) / CHUNK_ROWS;
    }

    /// Bytes of the host that [#chaining(int, Runnable)] needs while it runs, its result included.
    ///
    /// @param threads that it may use
    long bytes(int threads);

    /// The chaining values of all columns after a chunk of rows, which is the whole message if there is only one.
    ///
    /// @param each called after every [#BLOCK_ROWS] rows
    Buffer chaining(int chunk, Runnable each);

    /// The chaining values of two neighbouring subtrees together, in the memory of the right one.
    ///
    /// @param root whether they are the whole tree
    Buffer merge(Buffer left, Buffer right, boolean root);

    /// Writes the Merkle tree over the columns: the leaves, then what is kept of the inner nodes.
    ///
    /// @param chaining the chaining values of all columns after all rows
    /// @param tree of a little more than a node of 28 bytes a column
    void tree(Buffer chaining, MemorySegment tree);

    /// The words of several columns, from rows that are encoded once more.
    ///
    /// @param positions ascending
    /// @return by position, then by row
    default int[][] columns(int[] positions) {
        return columns(0, rows(), positions);
    }

    /// The words of rows [first, end) of several columns.
    ///
    /// @param positions ascending
    /// @return by position, then by row
    int[][] columns(int first, int end, int[] positions);

    /// The chaining values after all rows.
    ///
    /// @param each called after every [#BLOCK_ROWS] rows
    default Buffer all(Runnable each) {
        return subtree(0, chunks(), each);
    }

    private Buffer subtree(int from, int to, Runnable each) {
        if (to - from == 1) {
            return chaining(from, each);
        }
        int middle = from + left(to - from);
        try (Buffer left = subtree(from, middle, each);
                Buffer right = subtree(middle, to, each)) {
            return merge(left, right, to - from == chunks());
        }
    }

    /// Chunks of the left subtree of several: the largest power of two that leaves some for the right one.
    static int left(int chunks) {
        return Integer.highestOneBit(chunks - 1);
    }
}
