package dev.chagres.graph.op;

import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Panel;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;

/// Element index of (row, channel) in an activation tensor `[block][channel^][channel][row]`, or in the draft of one
/// row.
public final class ActivationIndex {
    private final int rowBits;
    private final int rowMask;
    /// Channels of a block of rows; 0 in a draft, where all rows are the same one.
    private final long channels;

    /// The index of a whole tensor.
    ///
    /// @param shape low axes (row, channel), high axes (channel^, block)
    public ActivationIndex(Shape shape) {
        this(shape.lowAxes().get(0).bits(), channels(shape));
    }

    private ActivationIndex(int rowBits, long channels) {
        this.rowBits = rowBits;
        this.rowMask = (1 << rowBits) - 1;
        this.channels = channels;
    }

    /// Channels of a row, padded ones included: the values of its draft.
    ///
    /// @param shape low axes (row, channel), high axes (channel^, block)
    public static long channels(Shape shape) {
        return (long) shape.lowAxes().get(1).count() * shape.highAxes().get(0).count();
    }

    /// The index of what `run` evaluates: whole tensors or a draft.
    public static ActivationIndex of(Evaluation run, Shape shape) {
        return run.draft() ? new ActivationIndex(0, 0) : new ActivationIndex(shape);
    }

    /// Rows of one block, as a power of two; 0 in a draft.
    public int rowBits() {
        return rowBits;
    }

    public long of(int row, int channel) {
        return (((row >> rowBits) * channels + channel) << rowBits) | (row & rowMask);
    }

    /// Rows of one block, at most `limit`.
    int lanes(int limit) {
        return Math.min(limit, rowMask + 1);
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
