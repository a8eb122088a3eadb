package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FieldKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Fraction trees of LogUp-GKR: layers up and sumcheck rounds down. `n` counts sums of two or four fractions, or
/// pairs of nodes of a round.
public class LogUpBenchmark extends KernelBenchmark {
    @Param({"1", "1000", "4096", "1048576"})
    public int n;

    private FieldKernels field;
    private long eq;
    private final long[] children = new long[8];
    private final long[] leaves = new long[4];
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
        for (int i = 0; i < leaves.length; i++) {
            leaves[i] = buffers.shorts(n, Short.MIN_VALUE, Short.MAX_VALUE + 1);
        }
        p = buffers.emptyExt(n);
        q = buffers.emptyExt(n);
    }

    @Benchmark
    public void leafPair() {
        field.leafPair(p, q, leaves[0], leaves[1], Short.SIZE, CHALLENGE, n);
    }

    @Benchmark
    public void leafQuad() {
        field.leafQuad(p, q, leaves[0], leaves[1], leaves[2], leaves[3], Short.SIZE, CHALLENGE, n);
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
        return field.roundFractions(eq, children[0], children[1], children[2], children[3], children[4], children[5],
                children[6], children[7], CHALLENGE, n);
    }

    @Benchmark
    public QM31[] roundMerged() {
        return field.roundMerged(eq, children[0], children[1], children[2], children[3], children[4], children[5],
                children[6], children[7], n);
    }
}
