package dev.chagres.ffm.kernel;

import static dev.chagres.ffm.kernel.ThreadScratch.put;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import dev.chagres.hash.Blake3Compression;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.HashShape;
import dev.chagres.kernel.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [HashKernels] of the library.
final class NativeHashKernels implements HashKernels {
    private final int set;

    /// @param set number of the instruction set
    NativeHashKernels(int set) {
        this.set = set;
    }

    @Override
    public void hashColumns(Blake3Mode mode, long dst, long src, long blockStride, long rows, long from, long to) {
        HashShape.checkColumns(rows, from, to);
        ChagresKernels.chk_hash_columns(set, put(mode), mode.flag(), dst, src, blockStride, rows, from, to);
    }

    @Override
    public void hashPairs(Blake3Mode mode, long dst, long src, long n, int bytes) {
        HashShape.checkColumns(0, 0, n);
        HashShape.checkDigest(bytes);
        ChagresKernels.chk_hash_pairs(set, put(mode), mode.flag(), dst, src, n, bytes);
    }

    @Override
    public void initColumns(Blake3Mode mode, long state, long n) {
        HashShape.checkState(n);
        ChagresKernels.chk_init_columns(set, put(mode), state, n);
    }

    @Override
    public void absorbColumns(Blake3Mode mode, long state, long src, long rowStride, int rows, long n, long chunk,
            int flags) {
        HashShape.checkState(n);
        HashShape.checkBlock(rows);
        ChagresKernels.chk_absorb_columns(set, mode.flag(), state, src, rowStride, rows, n, chunk, flags);
    }

    @Override
    public void mergeColumns(Blake3Mode mode, long left, long right, long n, int flags) {
        HashShape.checkState(n);
        ChagresKernels.chk_merge_columns(set, put(mode), mode.flag(), left, right, n, flags);
    }

    @Override
    public void storeColumns(long dst, long state, long n, int bytes) {
        HashShape.checkState(n);
        HashShape.checkDigest(bytes);
        ChagresKernels.chk_store_columns(set, dst, state, n, bytes);
    }

    @Override
    public void loadColumns(long state, long src, long n) {
        HashShape.checkState(n);
        ChagresKernels.chk_load_columns(set, state, src, n);
    }

    @Override
    public long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags) {
        HashShape.checkNonces(head.length, bits, first, count);
        long scratch = ThreadScratch.address();
        MemorySegment.copy(head, 0, Memory.ALL, ValueLayout.JAVA_BYTE, scratch, head.length);
        long value = scratch + Blake3Compression.BLOCK_BYTES;
        MemorySegment.copy(start, 0, Memory.ALL, ValueLayout.JAVA_INT, value, Blake3Compression.CV_WORDS);
        return ChagresKernels.chk_least_nonce(set, scratch, head.length, bits, first, count, value, flags);
    }
}
