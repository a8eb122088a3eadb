package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.model.decoder.Positions;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Shape;

/// One pair of channels of one head in one row of a rotation, in the hands of a forger.
final class RotatedPair {
    final long[] y = new long[2];
    final long[] u = new long[2];
    final long[] out = new long[2];
    final long[] rem = new long[2];
    long cos;
    long sin;

    private final CheatingProver.Run r;
    private final String name;
    private final String projection;
    private final int row;
    private final int[] channels;
    private final int pair;
    private final int shift;

    /// Reads the pair.
    ///
    /// @param name of the rotation
    /// @param channel in 0 .. padded channels - 1: the pair that it is in
    RotatedPair(CheatingProver.Run r, String name, int row, int channel) {
        this.r = r;
        this.name = name;
        this.projection = name.substring(0, name.length() - "Rotation".length());
        this.row = row;
        Shape shape = r.column(name + ".out").shape();
        int half = shape.lowAxes().get(1).count() / 2;
        this.pair = channel & half - 1;
        int first = channel / (2 * half) * 2 * half + pair;
        this.channels = new int[] {first, first + half};
        this.shift = ((Positions.Rotary) r.spec().positions()).shift();
        for (int i = 0; i < 2; i++) {
            y[i] = at(projection + ".y").get(row, channels[i]);
            u[i] = at(name + ".u").get(row, channels[i]);
            out[i] = at(name + ".out").get(row, channels[i]);
            rem[i] = at(name + ".rem").get(row, channels[i]);
        }
        angle(row);
    }

    private Cells at(String tensor) {
        return new Cells(r, tensor);
    }

    /// The cosine and sine of a position, below 2^7.
    void angle(int position) {
        Shape shape = r.graph.keyColumns().stream().filter(c -> c.name().equals("rotation.cos")).findFirst()
                .orElseThrow().shape();
        long i = ((long) pair << shape.lowAxes().getFirst().bits()) + position;
        HostTensor c = r.key("rotation.cos");
        HostTensor s = r.key("rotation.sin");
        cos = c.get(i);
        sin = s.get(i);
    }

    /// Quotients, remainders and values from y and the angle.
    ///
    /// @return whether any differs from before
    boolean turn() {
        long[] acc = {centred(cos * y[0] - sin * y[1]), centred(cos * y[1] + sin * y[0])};
        boolean changed = false;
        for (int i = 0; i < 2; i++) {
            long rounded = acc[i] + (1L << shift - 1);
            changed |= u[i] != rounded >> shift || rem[i] != (rounded & (1L << shift) - 1);
            u[i] = rounded >> shift;
            rem[i] = rounded & (1L << shift) - 1;
            out[i] = Math.clamp(u[i], -r.spec().qkBound(), r.spec().qkBound());
        }
        return changed;
    }

    /// The residue in (-p / 2, p / 2).
    private static long centred(long v) {
        long residue = Math.floorMod(v, (long) M31.P);
        return residue > M31.P / 2 ? residue - M31.P : residue;
    }

    /// Writes what the rotation computes and evaluates all later operations again.
    void write() {
        for (int i = 0; i < 2; i++) {
            at(projection + ".y").set(row, channels[i], y[i]);
            at(name + ".u").set(row, channels[i], u[i]);
            at(name + ".out").set(row, channels[i], out[i]);
            at(name + ".rem").set(row, channels[i], rem[i]);
        }
        r.again(name);
    }

    /// y of the first channel of the pair replaced by a number that is equal modulo p, with its remainder, and the
    /// rotation of that.
    ///
    /// @return whether the remainder allows it
    boolean wrapped(int projectionShift) {
        Cells rests = at(projection + ".rem");
        long rest = rests.get(row, channels[0]) - 1L;
        rests.set(row, channels[0], rest);
        y[0] += 1L << 31 - projectionShift;
        turn();
        return rest >= 0;
    }
}
