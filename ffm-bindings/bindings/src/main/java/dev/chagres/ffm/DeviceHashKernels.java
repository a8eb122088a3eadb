package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.HashShape;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// [dev.chagres.kernel.HashKernels] on the buffers of a device. States of columns have the library's own order. Calls
/// return at once unless they say that they wait.
public final class DeviceHashKernels {
    /// Bytes of a digest, and of the state of a column.
    private static final long DIGEST = 32;
    /// Bytes of a column in a block of rows.
    private static final long COLUMN = 64;

    private final Operands operands;

    DeviceHashKernels(Operands operands) {
        this.operands = operands;
    }

    /// BLAKE3 of the columns [from, to) of a matrix in blocks of sixteen rows, `blockStride` bytes apart.
    public void hashColumns(Blake3Mode mode, DeviceBuffer dst, DeviceBuffer src, long blockStride, long rows, long from,
            long to) {
        HashShape.checkColumns(rows, from, to);
        long blocks = (rows + Memory.BLOCK - 1) / Memory.BLOCK;
        long bytes = blocks == 0 || from == to ? 0 : (blocks - 1) * blockStride + to * COLUMN;
        operands.launched(ChagresCuda.chg_hash_columns(operands.stream(), operands.mode(mode),
                operands.bytes(dst, DIGEST * (to - from)), operands.bytes(src, bytes), blockStride, rows, from, to));
    }

    /// Merkle nodes of `bytes` bytes: parents of n pairs.
    public void hashPairs(Blake3Mode mode, DeviceBuffer dst, DeviceBuffer src, long n, int bytes) {
        HashShape.checkColumns(0, 0, n);
        HashShape.checkDigest(bytes);
        operands.launched(ChagresCuda.chg_hash_pairs(operands.stream(), operands.mode(mode), operands.bytes(dst, n * bytes),
                operands.bytes(src, 2 * n * bytes), n, bytes));
    }

    /// Sets the chaining values of `n` columns to the initial one.
    public void initColumns(Blake3Mode mode, DeviceBuffer state, long n) {
        HashShape.checkState(n);
        operands.launched(ChagresCuda.chg_init_columns(operands.stream(), operands.mode(mode),
                operands.bytes(state, DIGEST * n), n));
    }

    /// Compresses one block into the state of every column: word r of column i is at `src + r * rowStride + 4 i`.
    public void absorbColumns(Blake3Mode mode, DeviceBuffer state, DeviceBuffer src, long rowStride, int rows, long n,
            long chunk, int flags) {
        HashShape.checkState(n);
        HashShape.checkBlock(rows);
        long bytes = n == 0 ? 0 : (rows - 1) * rowStride + n * Integer.BYTES;
        operands.launched(ChagresCuda.chg_absorb_columns(operands.stream(), operands.mode(mode),
                operands.bytes(state, DIGEST * n), operands.bytes(src, bytes), rowStride, rows, n, chunk, flags));
    }

    /// `right` = chaining value of the parent of `left` and `right`, column by column.
    public void mergeColumns(Blake3Mode mode, DeviceBuffer left, DeviceBuffer right, long n, int flags) {
        HashShape.checkState(n);
        operands.launched(ChagresCuda.chg_merge_columns(operands.stream(), operands.mode(mode),
                operands.bytes(left, DIGEST * n), operands.bytes(right, DIGEST * n), n, flags));
    }

    /// Writes the chaining values as digests, of which `bytes` bytes are kept.
    public void storeColumns(DeviceBuffer dst, DeviceBuffer state, long n, int bytes) {
        HashShape.checkState(n);
        HashShape.checkDigest(bytes);
        operands.launched(ChagresCuda.chg_store_columns(operands.stream(), operands.bytes(dst, n * bytes),
                operands.bytes(state, DIGEST * n), n, bytes));
    }

    /// The reverse, for whole digests.
    public void loadColumns(DeviceBuffer state, DeviceBuffer src, long n) {
        HashShape.checkState(n);
        operands.launched(ChagresCuda.chg_load_columns(operands.stream(), operands.bytes(state, DIGEST * n),
                operands.bytes(src, DIGEST * n), n));
    }

    /// The least of the nonces `first .. first + count - 1` whose hash has `bits` leading zero bits, or -1; waits.
    public long leastNonce(byte[] head, int bits, long first, long count, int[] start, int flags) {
        HashShape.checkNonces(head.length, bits, first, count);
        try (Arena arena = Arena.ofConfined()) {
            operands.waited(ChagresCuda.chg_least_nonce(operands.waiting(),
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, head), head.length, bits, first, count,
                    arena.allocateFrom(ValueLayout.JAVA_INT, start), flags, operands.result()));
        }
        return operands.resultLong();
    }
}
