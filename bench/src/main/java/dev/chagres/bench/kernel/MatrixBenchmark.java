package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// Exact integer products of 12-bit weights and 12-bit activations in the shapes of GPT-2: query, key and value (768 x
/// 768), the two halves of an MLP, attention scores of one head, the head. Shapes are rows x depth x width.
public class MatrixBenchmark extends KernelBenchmark {
    private static final int LIMIT = 1 << 11;

    @Param({"1x1x16", "13x100x48", "256x64x256", "768x768x128", "3072x768x128", "768x3072x128", "50257x768x16"})
    public String shape;

    private IntegerKernels integer;
    private int rows;
    private int depth;
    private int width;
    private long weights;
    private long activations;
    private long accumulators;

    static MatrixBenchmark of(String shape) {
        MatrixBenchmark f = new MatrixBenchmark();
        f.shape = shape;
        return f;
    }

    /// Multiply-adds of a shape.
    static long products(String shape) {
        return Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).reduce(1, Math::multiplyExact);
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        integer = kernels.integer();
        String[] sizes = shape.split("x");
        rows = Integer.parseInt(sizes[0]);
        depth = Integer.parseInt(sizes[1]);
        width = Integer.parseInt(sizes[2]);
        weights = buffers.shorts((long) rows * depth, -LIMIT, LIMIT);
        activations = buffers.integers((long) depth * Memory.padded(width), -LIMIT, LIMIT);
        accumulators = buffers.empty((long) rows * Memory.padded(width));
    }

    /// Adds to what the call before left; sums past 32 bits wrap.
    @Benchmark
    public void matmul() {
        integer.matmul(accumulators, width, weights, depth, activations, width, rows, depth, width);
    }

    /// One column; the activations are the first `depth` integers.
    @Benchmark
    public void matvec() {
        integer.matvec(accumulators, weights, depth, activations, rows, depth);
    }
}
