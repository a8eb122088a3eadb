package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Shape;

/// The elements of an activation tensor `[block][channel^][channel][row]`, or of a tensor of rows, by row and channel.
final class Cells {
    private final HostTensor data;
    private final int rowBits;
    private final long channels;

    /// A witness column or a virtual tensor.
    Cells(CheatingProver.Run r, String name) {
        Shape shape;
        if (r.graph.witnessColumns().stream().anyMatch(c -> c.name().equals(name))) {
            data = r.data(name);
            shape = r.column(name).shape();
        } else {
            data = r.virtual(name);
            shape = r.virtualShape(name);
        }
        rowBits = shape.lowAxes().getFirst().bits();
        boolean activation = shape.lowAxes().size() == 2;
        channels = activation ? (long) shape.lowAxes().get(1).count() * shape.highAxes().getFirst().count() : 1;
    }

    /// Channels, padded ones included.
    int channels() {
        return (int) channels;
    }

    long at(int row, int channel) {
        return (((row >> rowBits) * channels + channel) << rowBits) | (row & ((1 << rowBits) - 1));
    }

    int get(int row, int channel) {
        return data.get(at(row, channel));
    }

    /// Sets a residue modulo p.
    void set(int row, int channel, long value) {
        data.set(at(row, channel), word(value));
    }

    /// The value itself where it fits 32 bits, else its residue.
    static int word(long value) {
        return value == (int) value ? (int) value : (int) Math.floorMod(value, (long) M31.P);
    }
}
