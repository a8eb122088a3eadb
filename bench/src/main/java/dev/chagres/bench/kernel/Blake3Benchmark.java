package dev.chagres.bench.kernel;

import dev.chagres.hash.Blake3Compression;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// BLAKE3 over the columns of a matrix of 256 rows, 1 KiB a column, and over pairs of digests. With 2^10 columns the
/// matrix is 1 MiB, with 2^17 128 MiB.
public class Blake3Benchmark extends KernelBenchmark {
    static final int ROWS = 256;
    /// As in the Merkle trees of proofs.
    private static final int NODE_BYTES = 28;

    /// Columns, or pairs.
    @Param({"1", "100", "1024", "131072"})
    public int n;

    private HashKernels hash;
    private long matrix;
    private long digests;
    private long padded;
    private long state;
    private long columnDigests;

    static Blake3Benchmark of(int n) {
        Blake3Benchmark f = new Blake3Benchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        hash = kernels.hash();
        padded = Memory.padded(n);
        matrix = buffers.base(ROWS * padded);
        digests = buffers.empty(8L * n);
        columnDigests = buffers.empty(8 * padded);
        state = buffers.unwatched(8 * padded);
    }

    @Benchmark
    public void hashColumns() {
        hash.hashColumns(Blake3Mode.HASH, digests, matrix, (long) n * Memory.BLOCK * Integer.BYTES, ROWS, 0, n);
    }

    /// Absorbs sixteen rows at a time, as a commitment does while rows are encoded, and writes the digests.
    @Benchmark
    public void absorbColumns() {
        hash.initColumns(Blake3Mode.HASH, state, padded);
        for (int block = 0; block < ROWS / Memory.BLOCK; block++) {
            int flags = (block == 0 ? Blake3Compression.CHUNK_START : 0)
                    | (block == ROWS / Memory.BLOCK - 1 ? Blake3Compression.CHUNK_END | Blake3Compression.ROOT : 0);
            hash.absorbColumns(Blake3Mode.HASH, state, matrix + block * Memory.BLOCK * padded * Integer.BYTES,
                    padded * Integer.BYTES, Memory.BLOCK, padded, 0, flags);
        }
        hash.storeColumns(columnDigests, state, padded, NODE_BYTES);
    }

    @Benchmark
    public void hashPairs() {
        hash.hashPairs(Blake3Mode.HASH, digests, matrix, n, NODE_BYTES);
    }
}
