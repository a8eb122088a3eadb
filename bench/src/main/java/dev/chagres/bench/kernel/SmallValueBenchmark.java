package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Multiply-accumulate of base columns and of 16-bit integers with ext coefficients. Combinations take [#ROWS] rows of
/// `n` elements: 1 MiB of base elements for 2^13, 64 MiB for 2^19, half of it in 16-bit integers.
public class SmallValueBenchmark extends KernelBenchmark {
    static final int ROWS = 32;

    @Param({"1", "1000", "8192", "524288"})
    public int n;

    private FieldKernels field;
    private long rows;
    private long narrow;
    private long stride;
    private long weights;
    private long ext;
    private long dst;

    static SmallValueBenchmark of(int n) {
        SmallValueBenchmark f = new SmallValueBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        stride = Memory.padded(n);
        rows = buffers.base(ROWS * stride);
        narrow = buffers.shorts(ROWS * stride, Short.MIN_VALUE, Short.MAX_VALUE + 1);
        weights = buffers.ext(ROWS);
        ext = buffers.ext(n);
        dst = buffers.emptyExt(n);
    }

    @Benchmark
    public void combineRows() {
        field.combineRows(dst, rows, n, stride, weights, ROWS);
    }

    @Benchmark
    public void combineRowsInt16() {
        field.combineRowsInts(dst, narrow, Short.SIZE, n, stride, weights, ROWS);
    }

    @Benchmark
    public QM31 dotBase() {
        return field.dotBase(rows, ext, n);
    }

    @Benchmark
    public QM31 dotInt16() {
        return field.dotInts(narrow, Short.SIZE, ext, n);
    }

    @Benchmark
    public void addScaledBase() {
        field.addScaledBase(dst, rows, CHALLENGE, n);
    }

    @Benchmark
    public void addScaledInt16() {
        field.addScaledInts(dst, narrow, Short.SIZE, CHALLENGE, n);
    }
}
