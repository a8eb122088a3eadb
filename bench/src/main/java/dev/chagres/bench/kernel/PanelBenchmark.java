package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.PanelKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Integer panels of the inference engine: `rows` rows of [#WIDTH] lanes, one lane for each token. 768 rows are one
/// vector of GPT-2, 16384 leave the L2 cache.
public class PanelBenchmark extends KernelBenchmark {
    static final int WIDTH = 32;
    private static final int LIMIT = 1 << 12;
    private static final int SHIFT = 12;

    @Param({"1", "100", "768", "16384"})
    public int rows;

    private PanelKernels panel;
    private long n;
    private long x;
    private long y;
    private long lanes;
    private long exponents;
    private long first;
    private long second;
    private long result;
    private long table;
    private long cos;
    private long sin;

    static PanelBenchmark of(int rows) {
        PanelBenchmark p = new PanelBenchmark();
        p.rows = rows;
        return p;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        panel = kernels.panel();
        n = (long) rows * WIDTH;
        x = buffers.integers(n, -LIMIT, LIMIT);
        y = buffers.integers(n, -LIMIT, LIMIT);
        lanes = buffers.integers(WIDTH, LIMIT, 2 * LIMIT);
        exponents = buffers.integers(WIDTH, 0, SHIFT);
        first = buffers.empty(n);
        second = buffers.empty(n);
        result = buffers.empty(WIDTH);
        table = buffers.base(2 * LIMIT);
        cos = buffers.integers(n, -LIMIT, LIMIT);
        sin = buffers.integers(n, -LIMIT, LIMIT);
    }

    @Benchmark
    public void add() {
        panel.add(first, x, y, n);
    }

    @Benchmark
    public void multiply() {
        panel.multiply(first, x, y, n);
    }

    @Benchmark
    public void rotate() {
        panel.rotate(x, y, cos, sin, n);
    }

    @Benchmark
    public void max() {
        panel.max(result, x, WIDTH, rows, WIDTH);
    }

    @Benchmark
    public void sum() {
        panel.sum(result, x, WIDTH, rows, WIDTH);
    }

    @Benchmark
    public void magnitude() {
        panel.magnitude(result, x, WIDTH, rows, WIDTH);
    }

    @Benchmark
    public void mantissas() {
        panel.mantissas(first, second, x, WIDTH, exponents, rows, WIDTH);
    }

    @Benchmark
    public void neighbourProducts() {
        panel.neighbourProducts(result, x, WIDTH, rows, WIDTH);
    }

    @Benchmark
    public void firstOutside() {
        panel.firstOutside(result, x, WIDTH, -LIMIT, LIMIT, rows, WIDTH);
    }

    @Benchmark
    public void scaleRound() {
        panel.scaleRound(first, second, x, WIDTH, lanes, SHIFT, rows, WIDTH);
    }

    @Benchmark
    public boolean lookup() {
        return panel.lookup(first, table, -LIMIT, 2 * LIMIT, x, n);
    }
}
