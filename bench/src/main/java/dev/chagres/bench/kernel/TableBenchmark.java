package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.IntegerKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// What lookups need of integers: table gather, histogram of multiplicities, maximum of a row, shift with rounding.
public class TableBenchmark extends KernelBenchmark {
    private static final int BASE = -7;
    private static final int SHIFT = 9;

    @Param({"1", "1000", "16384", "16777216"})
    public int n;

    /// log2 of the entries of the table: 16 KiB, or 16 MiB as GPT-2's exponential table.
    @Param({"12", "22"})
    public int tableBits;

    private IntegerKernels integer;
    private long table;
    private long counts;
    private long indices;
    private long dst;
    private long remainders;

    static TableBenchmark of(int n, int tableBits) {
        TableBenchmark f = new TableBenchmark();
        f.n = n;
        f.tableBits = tableBits;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        integer = kernels.integer();
        int entries = 1 << tableBits;
        table = buffers.base(entries);
        counts = buffers.empty(entries);
        indices = buffers.integers(n, BASE, BASE + entries);
        dst = buffers.empty(n);
        remainders = buffers.empty(n);
    }

    @Benchmark
    public void lookup() {
        integer.lookup(dst, table, BASE, indices, n);
    }

    @Benchmark
    public void histogram() {
        integer.histogram(counts, BASE, indices, n);
    }

    @Benchmark
    public int max() {
        return integer.max(indices, n);
    }

    @Benchmark
    public void shiftRound() {
        integer.shiftRound(dst, remainders, indices, SHIFT, n);
    }
}
