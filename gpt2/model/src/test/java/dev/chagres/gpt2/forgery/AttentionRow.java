package dev.chagres.gpt2.forgery;

import dev.chagres.lookup.Table;
import dev.chagres.model.decoder.Positions;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One row of one head of attention in the hands of a forger, over a sequence of one block.
final class AttentionRow {
    static final int LIMB = 16;

    final long[] distance;
    final long[] weight;
    final long[] before;
    final long[] out;
    final long[] rem;
    final int shift;
    long offset;
    long slackLow;
    long slackHigh;
    long excessLow;
    long excessHigh;

    private final CheatingProver.Run r;
    private final String name;
    private final String layer;
    private final int head;
    private final int row;
    private final int side;
    private final int channels;
    private final Table exponential;

    /// Reads the row.
    ///
    /// @param layer name of the layer
    AttentionRow(CheatingProver.Run r, String layer, int head, int row) {
        this.r = r;
        this.layer = layer;
        this.name = layer + ".attention";
        this.head = head;
        this.row = row;
        this.side = r.rows();
        this.shift = r.spec().exponential().outputShift();
        Column o = r.column(name + ".out");
        this.channels = o.shape().axis(o.shape().lowAxes().get(1).name()).count();
        this.exponential = r.operation(name).segments().getFirst().table();
        this.distance = scores(r.virtual(name + ".distance"));
        this.weight = scores(r.data(name + ".weight"));
        this.before = scores(r.data(name + ".before"));
        this.out = activation("out");
        this.rem = activation("rem");
        offset = get("offset");
        slackLow = get("slackLow");
        slackHigh = get("slackHigh");
        excessLow = get("excessLow");
        excessHigh = get("excessHigh");
    }

    private int score(int j) {
        return (head * side + j) * side + row;
    }

    private long[] scores(HostTensor t) {
        long[] values = new long[side];
        for (int j = 0; j < side; j++) {
            values[j] = t.get(score(j));
        }
        return values;
    }

    private long[] activation(String what) {
        Cells cells = new Cells(r, name + "." + what);
        long[] values = new long[channels];
        for (int c = 0; c < channels; c++) {
            values[c] = cells.get(row, head * channels + c);
        }
        return values;
    }

    private HostTensor perRow(String what) {
        return r.data(name + "." + what);
    }

    private long get(String what) {
        return perRow(what).get(head * side + row);
    }

    /// The weights that belong to the distances.
    void weights() {
        for (int j = 0; j < side; j++) {
            weight[j] = exp("exp.at", distance[j]);
            before[j] = exp("exp.before", distance[j]);
        }
    }

    /// An entry of the table, 0 where there is none above the support.
    private long exp(String table, long d) {
        HostTensor t = r.key(table);
        long slot = exponential.slot(Math.max(0, d));
        return slot >= 0 && slot < t.size() ? t.get(slot) : 0;
    }

    /// The head of keys and values that the head reads.
    int keyHead() {
        return (int) ((long) head * r.spec().shape().keyHeads() / r.spec().shape().heads());
    }

    /// Distances from the keys of a head, and everything from them but the outputs.
    void attend(int keyHead) {
        boolean rotated = r.spec().positions() instanceof Positions.Rotary;
        Cells q = new Cells(r, layer + (rotated ? ".queryRotation" : ".query") + ".out");
        Cells k = new Cells(r, layer + (rotated ? ".keyRotation" : ".key") + ".out");
        long largest = Long.MIN_VALUE;
        long[] negated = new long[side];
        for (int j = 0; j < side; j++) {
            for (int c = 0; c < channels; c++) {
                negated[j] -= (long) q.get(row, head * channels + c) * k.get(j, keyHead * channels + c);
            }
            largest = j > row ? largest : Math.max(largest, -negated[j]);
            negated[j] += j > row ? r.spec().maskOffset() : 0;
        }
        offset = least(negated, largest);
        for (int j = 0; j < side; j++) {
            distance[j] = offset + negated[j];
        }
        weights();
        sums();
    }

    /// The least offset whose weights do not exceed the largest sum.
    private long least(long[] negated, long from) {
        long low = from - 1;
        long high = from + r.spec().exponential().support();
        while (high - low > 1) {
            long middle = (low + high) / 2;
            long sum = 0;
            for (long n : negated) {
                sum += exp("exp.at", middle + n);
            }
            if (sum <= r.spec().exponential().largestSum()) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high;
    }

    /// Slack and excess from the weights; a negative one has a negative high limb.
    void sums() {
        long slack = r.spec().exponential().largestSum();
        long excess = -slack - 1;
        for (int j = 0; j < side; j++) {
            slack -= weight[j];
            excess += before[j];
        }
        slackLow = slack & ((1 << LIMB) - 1);
        slackHigh = slack >> LIMB;
        excessLow = excess & ((1 << LIMB) - 1);
        excessHigh = excess >> LIMB;
    }

    /// Outputs and remainders from the weights.
    void output() {
        output(keyHead());
    }

    /// The same with the values of a head.
    void output(int keyHead) {
        Cells v = new Cells(r, layer + ".value.out");
        for (int c = 0; c < channels; c++) {
            long y = 1L << (shift - 1);
            for (int j = 0; j < side; j++) {
                y += weight[j] * v.get(j, keyHead * channels + c);
            }
            out[c] = y >> shift;
            rem[c] = y - (out[c] << shift);
        }
    }

    /// Writes the row and evaluates all later operations again.
    void write() {
        store();
        r.again(name);
    }

    /// Writes the row.
    void store() {
        for (int j = 0; j < side; j++) {
            r.virtual(name + ".distance").set(score(j), Cells.word(distance[j]));
            r.data(name + ".weight").set(score(j), Cells.word(weight[j]));
            r.data(name + ".before").set(score(j), Cells.word(before[j]));
        }
        for (int c = 0; c < channels; c++) {
            new Cells(r, name + ".out").set(row, head * channels + c, out[c]);
            new Cells(r, name + ".rem").set(row, head * channels + c, rem[c]);
        }
        set("offset", offset);
        set("slackLow", slackLow);
        set("slackHigh", slackHigh);
        set("excessLow", excessLow);
        set("excessHigh", excessHigh);
    }

    private void set(String what, long value) {
        perRow(what).set(head * side + row, Cells.word(value));
    }

    /// Real and padded channels of a head.
    int channels() {
        return channels;
    }

    /// A column and a lie about it that no relation notices.
    ///
    /// @param violated the lookup that must notice, or after a slash the sumcheck
    record Lie(String column, String what, String violated, Change change) {}

    /// Changes a row.
    interface Change {
        /// @param i a key or channel to change, where one is meant
        /// @return whether the row allows the lie
        boolean apply(AttentionRow a, int i);
    }

    private static Change offsetBy(int step) {
        return (a, i) -> {
            a.offset += step;
            for (int j = 0; j < a.side; j++) {
                a.distance[j] += step;
            }
            a.weights();
            a.sums();
            a.output();
            return true;
        };
    }

    /// A head of keys and values that the head does not read: the one that it would with groups dealt out in turn, or
    /// any other.
    private int anotherKeyHead() {
        int count = r.spec().shape().keyHeads();
        return head % count == keyHead() ? (head + 1) % count : head % count;
    }

    private static Change differs(Change change) {
        return (a, i) -> {
            long[] distance = a.distance.clone();
            long[] out = a.out.clone();
            return change.apply(a, i) && !(Arrays.equals(distance, a.distance) && Arrays.equals(out, a.out));
        };
    }

    /// @param shared whether heads share those of keys and values
    static List<Lie> lies(boolean shared) {
        List<Lie> all = new ArrayList<>();
        if (shared) {
            all.add(new Lie("distance", "the keys of another group, everything from them", "/scores",
                    differs((a, _) -> {
                        a.attend(a.anotherKeyHead());
                        a.output();
                        return true;
                    })));
            all.add(new Lie("out", "the values of another group, everything from them", "/output",
                    differs((a, _) -> {
                        a.output(a.anotherKeyHead());
                        return true;
                    })));
        }
        all.add(new Lie("offset", "L + 1, everything from it", "excessHigh", offsetBy(1)));
        all.add(new Lie("offset", "L - 1, everything from it", "slackHigh", offsetBy(-1)));
        all.add(new Lie("weight", "e + 1, everything from it", "exp", (a, j) -> {
            a.weight[j]++;
            a.sums();
            a.output();
            return a.slackHigh >= 0;
        }));
        all.add(new Lie("before", "e' + 1, everything from it", "exp", (a, j) -> {
            a.before[j]++;
            a.sums();
            return true;
        }));
        all.add(new Lie("slackLow", "low - 2^16, high + 1", "slackLow", (a, i) -> {
            a.slackLow -= 1 << LIMB;
            a.slackHigh++;
            return true;
        }));
        all.add(new Lie("slackHigh", "high + 2^15, low - 1: equal modulo p", "slackHigh", (a, i) -> {
            a.slackHigh += 1 << 31 - LIMB;
            a.slackLow--;
            return a.slackLow >= 0;
        }));
        all.add(new Lie("excessLow", "low - 2^16, high + 1", "excessLow", (a, i) -> {
            a.excessLow -= 1 << LIMB;
            a.excessHigh++;
            return true;
        }));
        all.add(new Lie("excessHigh", "high + 2^15, low - 1: equal modulo p", "excessHigh", (a, i) -> {
            a.excessHigh += 1 << 31 - LIMB;
            a.excessLow--;
            return a.excessLow >= 0;
        }));
        all.add(new Lie("out", "o + 1, remainder - 2^s, everything from it", "rem", (a, c) -> {
            a.out[c % a.channels]++;
            a.rem[c % a.channels] -= 1L << a.shift;
            return true;
        }));
        all.add(new Lie("out", "o + 2^(31 - s), remainder - 1: equal modulo p", "out", (a, c) -> {
            a.out[c % a.channels] += 1L << 31 - a.shift;
            a.rem[c % a.channels]--;
            return a.rem[c % a.channels] >= 0;
        }));
        return all;
    }
}
