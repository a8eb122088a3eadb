package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// The fold of one challenge and the next round in one pass, in place. `n` counts elements of a quarter: a table has
/// 4n, 256 KiB for 2^12 and 64 MiB for 2^20.
public class FoldRoundBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "4096", "1048576"})
    public int n;

    private FieldKernels field;
    private long stride;
    private long eq;
    private final long[] tables = new long[4];

    static FoldRoundBenchmark of(int n) {
        FoldRoundBenchmark f = new FoldRoundBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        stride = Memory.padded(n);
        eq = buffers.ext(n);
        for (int i = 0; i < tables.length; i++) {
            tables[i] = buffers.ext(4 * stride);
        }
    }

    @Benchmark
    public QM31[] foldRoundProduct() {
        return field.foldRoundProduct(tables[0], tables[1], stride, CHALLENGE, n);
    }

    @Benchmark
    public QM31[] foldRoundEqProduct() {
        return field.foldRoundEqProduct(eq, tables[0], tables[1], stride, CHALLENGE, n);
    }

    @Benchmark
    public QM31[] foldRoundMerged() {
        return field.foldRoundMerged(eq, tables[0], tables[1], tables[2], tables[3], stride, CHALLENGE, n);
    }
}
