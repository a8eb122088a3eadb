package dev.chagres.prove.witness;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Evaluation.Sink;
import dev.chagres.graph.Evaluation.Task;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Width;
import dev.chagres.graph.op.ActivationIndex;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.kernel.PanelKernels;
import dev.chagres.prove.data.HostTensor;
import java.util.ArrayList;
import java.util.List;

/// Matrix products of an [IntegerRun], tile by tile: some output channels of some rows of one block, handed on while they are in the cache.
final class ProductRun {
    /// Up to this many rows, vectors are multiplied one by one; above, whole blocks.
    private static final int FEW_ROWS = 4;
    /// Output channels of one tile.
    private static final int TILE_CHANNELS = 64;

    private final IntegerRun run;
    private final MemoryScope arena;
    private final PanelKernels panels;
    private long buffer;
    private long bufferSize;

    ProductRun(IntegerRun run, MemoryScope arena, PanelKernels panels) {
        this.run = run;
        this.arena = arena;
        this.panels = panels;
    }

    /// Rows [from, to) of one block.
    private record Span(int from, int to) {
        int rows() {
            return to - from;
        }
    }

    /// The tensors of a product.
    private record Operands(
            MatrixProduct product, ActivationIndex at, HostTensor input, HostTensor weight, HostTensor bias, int rowBits, int step) {
        /// Address of weight (j, k^) with k = 0 inside its group.
        long weight(int j, int kHigh) {
            Width in = product.in();
            Width out = product.out();
            long tile = (long) (j >> out.bits()) * in.count() + kHigh;
            long inside = (tile << out.bits()) + (j & ((1 << out.bits()) - 1));
            return weight.address() + 2 * (inside << in.bits());
        }

        /// First element of the input rows from `row` on, in their block.
        long input(int row) {
            return at.of(row, 0);
        }

        int tiles() {
            return product.out().padded() / step;
        }
    }

    /// @see Evaluation#product
    void run(MatrixProduct product, int from, int to, Sink sink) {
        HostTensor weight = HostTensor.of(run.of(product.weight()));
        if (weight.width() != 16) {
            throw new IllegalStateException("weights of " + product.weight() + " are not 16 bits wide");
        }
        ActivationIndex at = ActivationIndex.of(run, product.input().shape());
        Operands o = new Operands(product, at, HostTensor.of(run.of(product.input())), weight,
                HostTensor.of(run.of(product.bias())), at.rowBits(),
                Math.min(TILE_CHANNELS, 1 << product.out().bits()));
        List<Span> blocks = new ArrayList<>();
        for (int start = from; start < to; ) {
            int end = Math.min(to, ((start >> o.rowBits) + 1) << o.rowBits);
            if (end - start <= FEW_ROWS) {
                for (int row = start; row < end; row++) {
                    oneRow(o, row, sink);
                }
            } else {
                blocks.add(new Span(start, end));
            }
            start = end;
        }
        blocks(o, blocks, sink);
    }

    private void oneRow(Operands o, int row, Sink sink) {
        Width in = o.product.in();
        long x = buffer(in.padded());
        long first = o.input(row);
        for (int k = 0; k < in.padded(); k++) {
            Memory.setInt(x, k, o.input.get(first + ((long) k << o.rowBits)));
        }
        run.parallel(o.tiles(), (workspace, tile) -> {
            int j = tile * o.step;
            MemoryPanel acc = (MemoryPanel) workspace.panel(o.step, 1);
            for (int i = 0; i < o.step; i++) {
                acc.set(i, 0, o.bias.get(j + i));
            }
            for (int k = 0; k < in.count(); k++) {
                acc.multiply(o.weight(j, k), 1L << in.bits(), x + (4L * k << in.bits()), 1, 1 << in.bits());
            }
            sink.accept(workspace, acc, j, row);
        });
    }

    private void blocks(Operands o, List<Span> blocks, Sink sink) {
        long[] inputs = inputs(o, blocks);
        run.parallel(blocks.size() * o.tiles(), (workspace, task) -> {
            int block = task / o.tiles();
            Span rows = blocks.get(block);
            int j = task % o.tiles() * o.step;
            // Kernels take multiples of 16 rows, from a multiple of 16 on.
            int before = rows.from & (Memory.BLOCK - 1);
            MemoryPanel acc = (MemoryPanel) workspace.panel(o.step, (int) Memory.padded(before + rows.rows()));
            for (int i = 0; i < o.step; i++) {
                acc.part(i, 1).fill(o.bias.get(j + i));
            }
            Width in = o.product.in();
            long x = inputs[block] - 4L * before;
            for (int k = 0; k < in.count(); k++) {
                acc.multiply(o.weight(j, k), 1L << in.bits(), x + (4L * k << (in.bits() + o.rowBits)), 1L << o.rowBits, 1 << in.bits());
            }
            sink.accept(workspace, acc.lanes(workspace, before, rows.rows()), j, rows.from);
        });
    }

    /// Addresses of the 32-bit inputs of every span, 2^rowBits elements from channel to channel.
    private long[] inputs(Operands o, List<Span> blocks) {
        long[] result = new long[blocks.size()];
        if (o.input.width() == 32) {
            for (int b = 0; b < result.length; b++) {
                result[b] = o.input.address() + 4 * o.input(blocks.get(b).from);
            }
            return result;
        }
        Width in = o.product.in();
        int side = 1 << o.rowBits;
        long size = (long) in.padded() * side;
        long wide = buffer(size * result.length);
        Task widen = (workspace, task) -> {
            int b = task / in.count();
            int k = task % in.count() << in.bits();
            long from = o.input(blocks.get(b).from & -side) + (long) k * side;
            panels.widen(wide + 4 * (b * size + (long) k * side), side, o.input.address() + 2 * from, side, 1 << in.bits(), side);
        };
        run.parallel(result.length * in.count(), widen);
        for (int b = 0; b < result.length; b++) {
            result[b] = wide + 4 * (b * size + (blocks.get(b).from & (side - 1)));
        }
        return result;
    }

    /// Memory for `n` 32-bit integers, until the next call.
    private long buffer(long n) {
        if (bufferSize < n) {
            bufferSize = Math.max(n, 2 * bufferSize);
            buffer = arena.allocateBase(bufferSize);
        }
        return buffer;
    }
}
