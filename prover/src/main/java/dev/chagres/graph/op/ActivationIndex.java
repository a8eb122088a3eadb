package dev.chagres.graph.op;

import dev.chagres.graph.Panel;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;

/// Element index of (row, channel) in an activation tensor `[block][channel^][channel][row]`.
final class ActivationIndex {
    private final int rowBits;
    private final int rowMask;
    private final long channels;

    /// @param shape low axes (row, channel), high axes (channel^, block)
    ActivationIndex(Shape shape) {
        this.rowBits = shape.lowAxes().get(0).bits();
        this.rowMask = (1 << rowBits) - 1;
        this.channels = (long) shape.lowAxes().get(1).count() * shape.highAxes().get(0).count();
    }

    long of(int row, int channel) {
        return (((row >> rowBits) * channels + channel) << rowBits) | (row & rowMask);
    }

    /// Rows of one block, at most `limit`.
    int lanes(int limit) {
        return Math.min(limit, 1 << rowBits);
    }

    /// Reads channels from `channel` on of rows from `row` on.
    void load(Panel to, IntTensor from, int row, int channel) {
        to.load(from, of(row, channel), 1L << rowBits);
    }

    /// Writes channels from `channel` on of rows from `row` on.
    void store(Panel from, IntTensor to, int row, int channel) {
        from.store(to, of(row, channel), 1L << rowBits);
    }
}
