package dev.chagres.prove;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.op.MatrixProduct;
import dev.chagres.graph.op.Width;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Virtual;
import dev.chagres.prove.commit.Parallel;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// One run of the integer program: inference and witness generation are the same evaluation, row by row or many rows at
/// once, over the tensors of a [Witness].
public final class IntegerRun implements Evaluation, AutoCloseable {
    /// Up to this many rows, vectors are multiplied one by one; above, whole blocks.
    private static final int FEW_ROWS = 4;
    /// Output channels of one task.
    private static final int TASK_CHANNELS = 64;

    private final Graph graph;
    private final Witness witness;
    private final int[] tokens;
    private final Parallel parallel;
    private final IntegerKernels kernels = Backends.current().integer();

    /// @param tokens token ids by row; may be filled in while the run proceeds; rows past its end carry token 0
    public IntegerRun(Graph graph, Witness witness, int[] tokens, int threads) {
        this.graph = graph;
        this.witness = witness;
        this.tokens = tokens;
        this.parallel = new Parallel(threads);
    }

    /// Evaluates rows [from, to) of every operation.
    ///
    /// @throws dev.chagres.graph.DomainException if the residual stream leaves its domain
    public void rows(int from, int to) {
        for (Operation o : graph.operations()) {
            o.evaluate(this, from, to);
        }
    }

    /// Completes what needs all rows.
    public void finish() {
        for (Operation o : graph.operations()) {
            o.finish(this);
        }
    }

    @Override
    public IntTensor of(Column column) {
        return witness.of(column);
    }

    @Override
    public IntTensor of(Virtual virtual) {
        return witness.of(virtual);
    }

    @Override
    public int token(int row) {
        return row < tokens.length ? tokens[row] : 0;
    }

    @Override
    public int[] product(MatrixProduct product, int from, int to) {
        int rows = to - from;
        int[] acc = new int[product.out().padded() * rows];
        IntTensor bias = of(product.bias());
        for (int j = 0; j < product.out().padded(); j++) {
            Arrays.fill(acc, j * rows, (j + 1) * rows, bias.get(j));
        }
        try (Arena arena = Arena.ofShared()) {
            if (rows <= FEW_ROWS) {
                for (int t = from; t < to; t++) {
                    oneRow(arena, product, t, acc, t - from, rows);
                }
            } else {
                int bits = product.input().shape().lowAxes().get(0).bits();
                for (int block = from >> bits; block <= to - 1 >> bits; block++) {
                    oneBlock(arena, product, block, bits, acc, from, to);
                }
            }
        }
        return acc;
    }

    /// Address of weight (j, k^) with k = 0 inside its group.
    private static long weight(IntTensor w, Width in, Width out, int j, int kHigh) {
        long tile = (long) (j >> out.bits()) * in.count() + kHigh;
        long inside = (tile << out.bits()) + (j & ((1 << out.bits()) - 1));
        return w.address() + 2 * (inside << in.bits());
    }

    private void oneRow(Arena arena, MatrixProduct product, int row, int[] acc, int at, int stride) {
        Width in = product.in();
        Width out = product.out();
        int bits = product.input().shape().lowAxes().get(0).bits();
        IntTensor input = of(product.input());
        IntTensor w = weights(product);
        long x = Memory.allocateBase(arena, in.padded());
        long base = (long) (row >> bits) * in.padded();
        for (int k = 0; k < in.padded(); k++) {
            Memory.setInt(x, k, input.get((base + k << bits) + (row & ((1 << bits) - 1))));
        }
        long sums = Memory.allocateBase(arena, out.padded());
        int step = Math.min(TASK_CHANNELS, 1 << out.bits());
        parallel.run(out.padded() / step, (worker, task) -> {
            int j = task * step;
            for (int k = 0; k < in.count(); k++) {
                kernels.matvec(sums + 4L * j, weight(w, in, out, j, k), 1L << in.bits(), x + (4L * k << in.bits()),
                        step, 1 << in.bits());
            }
        });
        for (int j = 0; j < out.padded(); j++) {
            acc[j * stride + at] += Memory.getInt(sums, j);
        }
    }

    private void oneBlock(Arena arena, MatrixProduct product, int block, int bits, int[] acc, int from, int to) {
        Width in = product.in();
        Width out = product.out();
        int width = 1 << bits;
        long x = of(product.input()).address() + (4L * block * in.padded() << bits);
        IntTensor w = weights(product);
        long sums = Memory.allocateBase(arena, (long) out.padded() * width);
        int step = Math.min(TASK_CHANNELS, 1 << out.bits());
        parallel.run(out.padded() / step, (worker, task) -> {
            int j = task * step;
            for (int k = 0; k < in.count(); k++) {
                kernels.matmul(sums + (4L * j << bits), width, weight(w, in, out, j, k), 1L << in.bits(),
                        x + (4L * k << (in.bits() + bits)), width, step, 1 << in.bits(), width);
            }
        });
        int first = Math.max(from, block << bits);
        int last = Math.min(to, (block + 1) << bits);
        for (int j = 0; j < out.padded(); j++) {
            for (int t = first; t < last; t++) {
                acc[j * (to - from) + t - from] += Memory.getInt(sums, ((long) j << bits) + (t & (width - 1)));
            }
        }
    }

    private IntTensor weights(MatrixProduct product) {
        IntTensor w = of(product.weight());
        if (w.width() != 16) {
            throw new IllegalStateException("weights of " + product.weight() + " are not 16 bits wide");
        }
        return w;
    }

    @Override
    public void close() {
        witness.close();
    }
}
