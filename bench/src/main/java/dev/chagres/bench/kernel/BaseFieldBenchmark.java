package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Elementwise M31 arithmetic; 2^14 elements stay in the L2 cache, 2^24 leave every cache.
public class BaseFieldBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "16384", "16777216"})
    public int n;

    private FieldKernels field;
    private long a;
    private long b;
    private long c;
    private long dst;

    static BaseFieldBenchmark of(int n) {
        BaseFieldBenchmark f = new BaseFieldBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        a = buffers.base(n);
        b = buffers.base(n);
        c = buffers.base(n);
        dst = buffers.empty(n);
    }

    @Benchmark
    public void addBase() {
        field.addBase(dst, a, b, n);
    }

    @Benchmark
    public void subBase() {
        field.subBase(dst, a, b, n);
    }

    @Benchmark
    public void mulBase() {
        field.mulBase(dst, a, b, n);
    }

    @Benchmark
    public void mulAddBase() {
        field.mulAddBase(dst, a, b, c, n);
    }

    @Benchmark
    public void embedInt32() {
        field.embedInt32(dst, a, n);
    }

    /// Reads the first quarter of the words of `a` as bytes.
    @Benchmark
    public void embedInt8() {
        field.embedInt8(dst, a, n);
    }

    /// Reads the first half of the words of `a` as 16-bit integers.
    @Benchmark
    public void embedInt16() {
        field.embedInt16(dst, a, n);
    }
}
