package dev.chagres.gpt2.forgery;

import dev.chagres.graph.Width;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Axis;
import java.util.ArrayList;
import java.util.List;

/// One row of a norm in the hands of a forger: any value may be replaced, and every step that follows can be computed
/// from what is there, so that all relations between the values hold, at least modulo p.
final class NormRow {
    /// Steps of a row in the order of computation; [#from(Step)] repeats them from one on.
    enum Step { EXPONENT, MANTISSAS, PAIRS, SQUARES, SCALE, MANTISSA, ROOT, RHO, LIMBS, PEAK, OUTPUT }

    static final int GROUP = 256;
    static final int LIMB = 13;
    static final int RHO_LIMB = 9;
    private static final int MANT_MIN = 1 << 14;

    final int row;
    final long[] x;
    final long[] m;
    final long[] pair;
    final long[] n;
    final long[] rem;
    final long[] low;
    final long[] high;
    final long[] rest;
    final int shift;
    /// t: quotients of groups are sums shifted by t bits.
    final int groupShift;
    long e;
    long power;
    long eps;
    long positive;
    long k;
    long four;
    long two;
    long half;
    long mant;
    long restPair;
    long root;
    long rootPair;
    long rho;
    long rhoLow;
    long rhoHigh;
    long peak;
    int channel;

    private final CheatingProver.Run r;
    private final String norm;
    private final int bits;

    /// Reads the row.
    ///
    /// @param stream name of the column that the norm reads
    NormRow(CheatingProver.Run r, String norm, String stream, int row) {
        this.r = r;
        this.norm = norm;
        this.row = row;
        this.shift = r.spec().normShift();
        this.groupShift = IntegerSemantics.groupShift(r.spec().shape().width());
        Width width = Width.of(r.spec().shape().width());
        this.bits = width.bits() + Axis.ceilLog2(width.count());
        this.x = read(new Cells(r, stream));
        this.m = read(cells("m"));
        this.pair = read(cells("exponentPair"));
        this.n = read(cells("n"));
        this.rem = read(cells("rem"));
        int groups = (x.length + GROUP - 1) / GROUP;
        this.low = new long[groups];
        this.high = new long[groups];
        this.rest = new long[groups];
        for (int g = 0; g < groups; g++) {
            low[g] = get("quotientLow" + g);
            high[g] = get("quotientHigh" + g);
            rest[g] = get("groupRest" + g);
        }
        e = get("e");
        power = get("power");
        eps = get("eps");
        positive = get("positive");
        k = get("k");
        four = get("four");
        two = get("two");
        half = get("half");
        mant = get("mant");
        restPair = get("restPair");
        root = get("root");
        rootPair = get("rootPair");
        rhoLow = get("rhoLow");
        rhoHigh = get("rhoHigh");
        rho = rhoLow + (rhoHigh << RHO_LIMB);
        peak = get("peak");
        for (int b = 0; b < bits; b++) {
            channel |= (int) get("channelBit" + b) << b;
        }
    }

    private Cells cells(String what) {
        return new Cells(r, norm + "." + what);
    }

    private long[] read(Cells cells) {
        long[] values = new long[cells.channels()];
        for (int c = 0; c < values.length; c++) {
            values[c] = cells.get(row, c);
        }
        return values;
    }

    private long get(String what) {
        return cells(what).get(row, 0);
    }

    /// Computes a step and all later ones.
    void from(Step first) {
        for (Step s : Step.values()) {
            if (s.compareTo(first) >= 0) {
                step(s);
            }
        }
    }

    private void step(Step s) {
        switch (s) {
            case EXPONENT -> {
                power = 1L << e;
                eps = r.spec().epsilons()[(int) Math.min(e, 15)];
                positive = e > 0 ? 1 : 0;
            }
            case MANTISSAS -> each(c -> m[c] = Math.floorDiv(x[c], power));
            case PAIRS -> each(c -> pair[c] = power + x[c] - m[c] * power);
            case SQUARES -> squares();
            case SCALE -> {
                k = 0;
                while (sum() >> (2 * k) >= 1 << 16) {
                    k++;
                }
                scale();
            }
            case MANTISSA -> {
                mant = Math.floorDiv(sum(), four);
                restPair = four + sum() - mant * four;
            }
            case ROOT -> {
                HostTensor table = r.key("norm.rsqrt.out");
                root = table.get(Math.clamp(mant - MANT_MIN, 0, table.size() - 1));
            }
            case RHO -> {
                rho = Math.floorDiv(root + half, two);
                rootPair = two + root + half - rho * two;
            }
            case LIMBS -> {
                rhoLow = rho & ((1 << RHO_LIMB) - 1);
                rhoHigh = rho >> RHO_LIMB;
            }
            case PEAK -> peak = m[channel];
            case OUTPUT -> each(c -> {
                long scaled = scaled(c);
                n[c] = scaled >> shift;
                rem[c] = scaled - (n[c] << shift);
            });
        }
    }

    private interface Channel {
        void at(int c);
    }

    private void each(Channel action) {
        for (int c = 0; c < x.length; c++) {
            action.at(c);
        }
    }

    /// (2m + 1) rho + 2^(s-1)
    private long scaled(int c) {
        return (2 * m[c] + 1) * rho + (1L << (shift - 1));
    }

    /// The values that belong to k in their table.
    void scale() {
        four = 1L << (2 * k);
        two = 1L << k;
        half = two >> 1;
    }

    private void squares() {
        for (int g = 0; g < low.length; g++) {
            long sum = 0;
            for (int c = g * GROUP; c < Math.min(x.length, (g + 1) * GROUP); c++) {
                sum += m[c] * (m[c] + 1);
            }
            rest[g] = sum & (1 << groupShift) - 1;
            low[g] = sum >> groupShift & ((1 << LIMB) - 1);
            high[g] = sum >> groupShift + LIMB;
        }
    }

    /// S
    long sum() {
        long sum = eps;
        for (int g = 0; g < low.length; g++) {
            sum += low[g] + (high[g] << LIMB);
        }
        return sum;
    }

    /// Writes the row and evaluates all later operations again.
    void write() {
        write("m", m);
        write("exponentPair", pair);
        write("n", n);
        write("rem", rem);
        for (int g = 0; g < low.length; g++) {
            set("quotientLow" + g, low[g]);
            set("quotientHigh" + g, high[g]);
            set("groupRest" + g, rest[g]);
        }
        set("e", e);
        set("power", power);
        set("eps", eps);
        set("positive", positive);
        set("k", k);
        set("four", four);
        set("two", two);
        set("half", half);
        set("mant", mant);
        set("restPair", restPair);
        set("root", root);
        set("rootPair", rootPair);
        set("rhoLow", rhoLow);
        set("rhoHigh", rhoHigh);
        set("peak", peak);
        for (int b = 0; b < bits; b++) {
            set("channelBit" + b, channel >> b & 1);
        }
        r.again(norm);
    }

    private void write(String what, long[] values) {
        each(c -> cells(what).set(row, c, values[c]));
    }

    private void set(String what, long value) {
        cells(what).set(row, 0, value);
    }

    /// A column and a lie about it. The column is changed so that every relation still holds.
    ///
    /// @param violated the lookup that must notice
    record Lie(String column, String what, String violated, Change change) {}

    /// Changes a row.
    interface Change {
        /// @param c a channel to change, where one is meant
        /// @return whether the row allows the lie
        boolean apply(NormRow n, int c);
    }

    /// For every column of a norm at least one lie that only its lookup, or one that it takes part in, can notice.
    static List<Lie> lies(int groups, int channelBits) {
        List<Lie> all = new ArrayList<>();
        all.add(new Lie("m", "m - 1, everything from it", "exponentPair", (n, c) -> {
            n.m[c]--;
            n.from(Step.PAIRS);
            return true;
        }));
        all.add(new Lie("n", "n + 1, remainder - 2^s", "rem", (n, c) -> {
            n.n[c]++;
            n.rem[c] -= 1L << n.shift;
            return true;
        }));
        all.add(new Lie("n", "n + 2^(31 - s), remainder - 1: equal modulo p", "n", (n, c) -> {
            n.n[c] += 1L << 31 - n.shift;
            n.rem[c]--;
            return true;
        }));
        all.add(new Lie("e", "e + 1, everything from it", "peak", (n, c) -> {
            n.e++;
            n.from(Step.EXPONENT);
            return n.e <= 15;
        }));
        all.add(new Lie("e", "e - 1, everything from it", "m", (n, c) -> {
            n.e--;
            // A peak that stays a mantissa.
            n.channel = c;
            if (n.e >= 0) {
                n.from(Step.EXPONENT);
            }
            return n.e >= 0;
        }));
        all.add(new Lie("power", "2^e + 1, everything from it", "e", (n, c) -> {
            n.power++;
            n.from(Step.MANTISSAS);
            return true;
        }));
        all.add(new Lie("eps", "eps + 1, everything from it", "e", (n, c) -> {
            n.eps++;
            n.from(Step.SCALE);
            return true;
        }));
        all.add(new Lie("positive", "[e > 0] = 0", "e", (n, c) -> {
            n.positive = 0;
            return n.e > 0;
        }));
        for (int g = 0; g < groups; g++) {
            int i = g;
            all.add(new Lie("quotientLow" + g, "low + 2^13, high - 1", "quotientLow" + g, (n, c) -> {
                n.low[i] += 1 << LIMB;
                n.high[i]--;
                return n.high[i] >= 0;
            }));
            all.add(new Lie("quotientHigh" + g, "high + 2^18, low - 1: equal modulo p", "quotientHigh" + g, (n, c) -> {
                n.high[i] += 1 << 31 - LIMB;
                n.low[i]--;
                return n.low[i] >= 0;
            }));
            all.add(new Lie("quotientHigh" + g, "the sum of squares plus p, everything from it",
                    "quotientHigh" + g, (n, c) -> {
                        n.high[i] += 1 << 31 - n.groupShift - LIMB;
                        n.rest[i]--;
                        n.from(Step.SCALE);
                        return n.rest[i] >= 0;
                    }));
            all.add(new Lie("groupRest" + g, "rest + 2^t, low - 1, everything from it", "groupRest" + g, (n, c) -> {
                n.rest[i] += 1 << n.groupShift;
                n.low[i]--;
                n.from(Step.SCALE);
                return n.low[i] >= 0;
            }));
        }
        all.add(new Lie("k", "the scale class k + 1, everything from it", "mant", (n, c) -> {
            n.k++;
            n.scale();
            n.from(Step.MANTISSA);
            return n.k < 8;
        }));
        all.add(new Lie("four", "4^k + 1, everything from it", "k", (n, c) -> {
            n.four++;
            n.from(Step.MANTISSA);
            return true;
        }));
        all.add(new Lie("two", "2^k + 1, everything from it", "k", (n, c) -> {
            long power = n.two++;
            // The pair stays in [2^k, 2^(k + 1)) where it can.
            n.rho = Math.floorDiv(n.root + n.half + n.two - power, n.two);
            n.rootPair = n.two + n.root + n.half - n.rho * n.two;
            n.from(Step.LIMBS);
            return true;
        }));
        all.add(new Lie("half", "half of 2^k + 1, everything from it", "k", (n, c) -> {
            n.half++;
            n.from(Step.RHO);
            return true;
        }));
        all.add(new Lie("mant", "mant - 1, rest + 4^k, everything from it", "restPair", (n, c) -> {
            n.mant--;
            n.restPair += n.four;
            n.from(Step.ROOT);
            return true;
        }));
        all.add(new Lie("mant", "mant + 2^(31 - 2k), rest - 1: equal modulo p", "mant", (n, c) -> {
            n.mant += 1L << 31 - 2 * n.k;
            n.restPair--;
            return n.restPair >= n.four;
        }));
        all.add(new Lie("restPair", "rest - 4^k, mant + 1, everything from it", "restPair", (n, c) -> {
            n.mant++;
            n.restPair -= n.four;
            n.from(Step.ROOT);
            return true;
        }));
        all.add(new Lie("root", "RSQRT + 1, everything from it", "mant", (n, c) -> {
            n.root++;
            n.from(Step.RHO);
            return true;
        }));
        all.add(new Lie("rootPair", "rest of the root + 2^k, rho - 1, everything from it", "rootPair", (n, c) -> {
            n.rho--;
            n.rootPair += n.two;
            n.from(Step.LIMBS);
            return true;
        }));
        all.add(new Lie("rhoLow", "low + 2^9, high - 1", "rhoLow", (n, c) -> {
            n.rhoLow += 1 << RHO_LIMB;
            n.rhoHigh--;
            return n.rhoHigh >= 0;
        }));
        all.add(new Lie("rhoLow", "a second root rho + 1, everything from it", "rootPair", (n, c) -> {
            n.rho++;
            n.rootPair -= n.two;
            n.from(Step.LIMBS);
            return true;
        }));
        all.add(new Lie("rhoHigh", "high + 2^22, low - 1: equal modulo p", "rhoHigh", (n, c) -> {
            n.rhoHigh += 1 << 31 - RHO_LIMB;
            n.rhoLow--;
            return n.rhoLow >= 0;
        }));
        all.add(new Lie("peak", "the mantissa of another channel, with its number", "peak", (n, c) -> {
            n.channel = c;
            n.from(Step.PEAK);
            return n.e > 0;
        }));
        for (int b = 0; b < channelBits; b++) {
            int bit = b;
            all.add(new Lie("channelBit" + b, "the mantissa of another channel, with its number", "peak", (n, c) -> {
                n.channel ^= 1 << bit;
                if (n.channel < n.m.length) {
                    n.from(Step.PEAK);
                }
                return n.e > 0 && n.channel < n.m.length;
            }));
        }
        return all;
    }
}
