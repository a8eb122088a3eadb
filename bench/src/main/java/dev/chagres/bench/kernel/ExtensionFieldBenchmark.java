package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Elementwise QM31 arithmetic and sums; 2^14 elements are 256 KiB an array, 2^22 are 64 MiB.
public class ExtensionFieldBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "16384", "4194304"})
    public int n;

    private FieldKernels field;
    private long a;
    private long b;
    private long base;
    private long dst;

    static ExtensionFieldBenchmark of(int n) {
        ExtensionFieldBenchmark f = new ExtensionFieldBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        a = buffers.ext(n);
        b = buffers.ext(n);
        base = buffers.base(n);
        dst = buffers.emptyExt(n);
    }

    @Benchmark
    public void addExt() {
        field.addExt(dst, a, b, n);
    }

    @Benchmark
    public void mulExt() {
        field.mulExt(dst, a, b, n);
    }

    @Benchmark
    public void mulExtByBase() {
        field.mulExtByBase(dst, a, base, n);
    }

    @Benchmark
    public void scaleExt() {
        field.scaleExt(dst, a, CHALLENGE, n);
    }

    @Benchmark
    public void addScaledExt() {
        field.addScaledExt(dst, a, CHALLENGE, n);
    }

    @Benchmark
    public QM31 sumExt() {
        return field.sumExt(a, n);
    }

    @Benchmark
    public QM31 dotExt() {
        return field.dotExt(a, b, n);
    }
}
