package dev.chagres.graph;

import dev.chagres.tensor.Axis;

/// How a sequence is cut into blocks of rows: `blocks` blocks of 2^bits rows, rows past the sequence run honestly.
///
/// @param bits between 4 and 7
/// @param blocks at least 1
public record RowBlocks(int bits, int blocks) {
    /// Rows of one full block.
    public static final int BLOCK_BITS = 7;

    /// The blocks for `n >= 1` rows: one smaller block for a short sequence, else blocks of 128.
    public static RowBlocks of(int n) {
        int bits = Math.clamp(Axis.ceilLog2(n), 4, BLOCK_BITS);
        return new RowBlocks(bits, (n + (1 << bits) - 1) >> bits);
    }

    /// All rows, padded ones included.
    public int padded() {
        return blocks << bits;
    }

    /// The low axis of rows inside a block.
    public Axis row() {
        return Axis.low("row", bits);
    }

    /// The high axis of blocks.
    public Axis block() {
        return Axis.high("block", blocks);
    }
}
