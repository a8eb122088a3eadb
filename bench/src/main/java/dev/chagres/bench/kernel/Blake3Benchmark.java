package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.Memory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// BLAKE3 over the columns of a matrix of 256 rows, 1 KiB a column, and over pairs of digests. With 2^10 columns the matrix
/// is 1 MiB, with 2^17 128 MiB.
public class Blake3Benchmark extends KernelBenchmark {
    static final int ROWS = 256;

    /// Columns, or pairs.
    @Param({"1", "100", "1024", "131072"})
    public int n;

    private HashKernels hash;
    private long matrix;
    private long digests;

    static Blake3Benchmark of(int n) {
        Blake3Benchmark f = new Blake3Benchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        hash = kernels.hash();
        matrix = buffers.base((long) ROWS * n);
        digests = buffers.empty(8L * n);
    }

    @Benchmark
    public void hashColumns() {
        hash.hashColumns(digests, matrix, (long) n * Memory.BLOCK * Integer.BYTES, ROWS, 0, n);
    }

    @Benchmark
    public void hashPairs() {
        hash.hashPairs(digests, matrix, n);
    }
}
