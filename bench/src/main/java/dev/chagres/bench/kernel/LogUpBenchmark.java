package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Fraction trees of LogUp-GKR: layers up and sumcheck rounds down. `n` counts sums of two fractions, or pairs of nodes of
/// a round.
public class LogUpBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "4096", "1048576"})
    public int n;

    private FieldKernels field;
    private long eq;
    private final long[] children = new long[8];
    private long p;
    private long q;

    static LogUpBenchmark of(int n) {
        LogUpBenchmark f = new LogUpBenchmark();
        f.n = n;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        field = kernels.field();
        eq = buffers.ext(n);
        for (int i = 0; i < children.length; i++) {
            children[i] = buffers.ext(n);
        }
        p = buffers.emptyExt(n);
        q = buffers.emptyExt(n);
    }

    @Benchmark
    public void addUnitFractions() {
        field.addUnitFractions(p, q, children[4], children[5], n);
    }

    @Benchmark
    public void addFractions() {
        field.addFractions(p, q, children[0], children[4], children[1], children[5], n);
    }

    @Benchmark
    public QM31[] roundFractions() {
        return round(CHALLENGE);
    }

    /// The merged form: lambda is folded into the first numerator.
    @Benchmark
    public QM31[] roundFractionsMerged() {
        return round(QM31.ZERO);
    }

    private QM31[] round(QM31 lambda) {
        return field.roundFractions(eq, children[0], children[1], children[2], children[3], children[4], children[5],
                children[6], children[7], lambda, n);
    }
}
