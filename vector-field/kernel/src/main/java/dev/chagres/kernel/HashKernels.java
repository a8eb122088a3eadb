package dev.chagres.kernel;

import dev.chagres.hash.Blake3Mode;

/// BLAKE3 over many equally long messages at once (the lanes of the vector are messages), in any [Blake3Mode].
///
/// A digest is 32 bytes, or the first bytes of them. Digests of n messages are stored one after another, without gaps.
public interface HashKernels {
    /// Hashes every column of a matrix of 32-bit words: message i is the `rows` words
    /// `M[0][i], M[1][i], ...`, each little-endian, so 4 * rows bytes, where rows are given as blocks of
    /// sixteen rows stored column by column: word r of column i is at
    /// `src + (r / 16) * blockStride + i * 64 + (r % 16) * 4`. Rows past the last are absent from the message.
    /// Digests of columns [from, to) go to `dst + 32 (i - from)`. The digest is the standard BLAKE3 of the
    /// message, whatever its length (chunks of 1024 bytes and the chunk tree included).
    void hashColumns(Blake3Mode mode, long dst, long src, long blockStride, long rows, long from, long to);

    /// Merkle nodes: `dst[i]` is the first `bytes` bytes of `BLAKE3(src[2i] || src[2i+1])`, n nodes from 2n.
    ///
    /// @param bytes of a node, on both sides: even, 16 to 32
    void hashPairs(Blake3Mode mode, long dst, long src, long n, int bytes);

    // --- columns whose rows arrive sixteen at a time ----------------------------------------------------
    //
    // The state of n columns, n a multiple of 16, is 32 n bytes at a multiple of 64: one chaining value each, in an
    // order that only the kernels of one backend know. The caller walks through the chunks and the chunk tree of
    // BLAKE3.

    /// Sets the chaining values of `n` columns to the initial one.
    void initColumns(Blake3Mode mode, long state, long n);

    /// Compresses one block into the state of every column: word r of column i is at `src + r * rowStride + 4 i` for
    /// r < rows <= 16; the words past `rows` are absent from the message.
    ///
    /// @param chunk number of the chunk
    /// @param flags of [dev.chagres.hash.Blake3Compression]; that of the mode is added
    void absorbColumns(Blake3Mode mode, long state, long src, long rowStride, int rows, long n, long chunk, int flags);

    /// `right` = chaining value of the parent of `left` and `right`, column by column.
    ///
    /// @param flags of [dev.chagres.hash.Blake3Compression], the parent flag included; that of the mode is added
    void mergeColumns(Blake3Mode mode, long left, long right, long n, int flags);

    /// Writes the chaining values as digests, column i at `dst + bytes * i`.
    ///
    /// @param bytes of a digest that are kept: even, 16 to 32
    void storeColumns(long dst, long state, long n, int bytes);

    /// The reverse of [#storeColumns(long, long, long, int)] for whole digests: sets chaining values that have been
    /// stored, maybe on another machine.
    void loadColumns(long state, long src, long n);

    // --- proof of work ----------------------------------------------------------------------------------

    /// The least of the nonces `first .. first + count - 1` for which the hash of one block starts with `bits` zero
    /// bits, its bytes read in order, the highest bit of each first; -1 if none does. The block is `head`, then the
    /// nonce in eight bytes, little-endian.
    ///
    /// @param head at most 56 bytes
    /// @param bits 1 to 64
    /// @param first at least 0, a multiple of 64
    /// @param count a multiple of 64
    /// @param start the eight words of the chaining value before the block
    /// @param flags of [dev.chagres.hash.Blake3Compression]
    long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags);
}
