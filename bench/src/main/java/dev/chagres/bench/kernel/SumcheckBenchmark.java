package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Rounds and folds of a sumcheck; `n` counts pairs, so a table has 2n elements.
public class SumcheckBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "8192", "2097152"})
    public int n;

    private FieldKernels field;
    private long baseLo;
    private long baseHi;
    private long eq;
    private long aLo;
    private long aHi;
    private long bLo;
    private long bHi;
    private long cLo;
    private long cHi;
    private long dst;
    private QM31[] point;

    static SumcheckBenchmark of(int n) {
        SumcheckBenchmark f = new SumcheckBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        baseLo = buffers.base(n);
        baseHi = buffers.base(n);
        eq = buffers.ext(n);
        aLo = buffers.ext(n);
        aHi = buffers.ext(n);
        bLo = buffers.ext(n);
        bHi = buffers.ext(n);
        cLo = buffers.ext(n);
        cHi = buffers.ext(n);
        dst = buffers.emptyExt(n);
        SplittableRandom random = new SplittableRandom(1);
        point = new QM31[31 - Integer.numberOfLeadingZeros(n)];
        for (int i = 0; i < point.length; i++) {
            point[i] = QM31.embed(random.nextInt()).add(CHALLENGE);
        }
    }

    @Benchmark
    public void foldBase() {
        field.foldBase(dst, baseLo, baseHi, CHALLENGE, n);
    }

    @Benchmark
    public void foldExt() {
        field.foldExt(dst, aLo, aHi, CHALLENGE, n);
    }

    @Benchmark
    public QM31[] roundProduct() {
        return field.roundProduct(aLo, aHi, bLo, bHi, n);
    }

    @Benchmark
    public QM31[] roundEqProduct() {
        return field.roundEqProduct(eq, aLo, aHi, bLo, bHi, n);
    }

    @Benchmark
    public QM31[] roundEqProduct3() {
        return field.roundEqProduct3(eq, aLo, aHi, bLo, bHi, cLo, cHi, n);
    }

    /// The largest table with at most `n` elements.
    @Benchmark
    public void eqTable() {
        field.eqTable(dst, point, CHALLENGE);
    }
}
