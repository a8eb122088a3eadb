package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.lookup.Table;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.prove.data.HostTensor;
import java.util.ArrayList;
import java.util.List;

/// One hidden value of a gated MLP in the hands of a forger.
final class GatedCell {
    long ug;
    long a;
    long ub;
    long uh;
    long g;
    long gateRem;
    long upRem;
    long rem;
    final int shift;
    final int productShift;

    private final CheatingProver.Run r;
    private final String name;
    private final int row;
    private final int channel;
    private final Table activation;

    /// Reads the value.
    ///
    /// @param name of the operation
    GatedCell(CheatingProver.Run r, String name, int row, int channel) {
        this.r = r;
        this.name = name;
        this.row = row;
        this.channel = channel;
        int layer = Integer.parseInt(name.substring("layer".length(), name.indexOf('.')));
        MlpSpec.Gated spec = (MlpSpec.Gated) r.spec().layers().get(layer).mlp();
        this.shift = spec.shift();
        this.productShift = spec.productShift();
        this.activation = r.operation(name).segments().stream().filter(s -> s.name().equals(name + ".f"))
                .findFirst().orElseThrow().table();
        ug = at("ug").get(row, channel);
        a = at("a").get(row, channel);
        ub = at("ub").get(row, channel);
        uh = at("uh").get(row, channel);
        g = at("out").get(row, channel);
        gateRem = at("gateRem").get(row, channel);
        upRem = at("upRem").get(row, channel);
        rem = at("rem").get(row, channel);
    }

    private Cells at(String what) {
        return new Cells(r, name + "." + what);
    }

    /// a and everything from it.
    ///
    /// @return whether the table has the index
    boolean activate() {
        HostTensor values = r.key(activation.name() + ".out");
        long slot = activation.slot(ug - activation.firstValue());
        if (slot < 0) {
            return false;
        }
        a = values.get(slot);
        product(a * ub);
        return true;
    }

    /// Everything from a and ub, modulo p.
    void product() {
        product(a * ub);
    }

    /// Quotient, remainder and value of a product.
    void product(long value) {
        long residue = Math.floorMod(value, (long) M31.P);
        long rounded = (residue > M31.P / 2 ? residue - M31.P : residue) + (1L << productShift - 1);
        uh = rounded >> productShift;
        rem = rounded & (1L << productShift) - 1;
        g = clamped();
    }

    private long clamped() {
        return Math.clamp(uh, -r.spec().hiddenBound(), r.spec().hiddenBound());
    }

    /// Writes the value and evaluates all later operations again.
    void write() {
        at("ug").set(row, channel, ug);
        at("a").set(row, channel, a);
        at("ub").set(row, channel, ub);
        at("uh").set(row, channel, uh);
        at("out").set(row, channel, g);
        at("gateRem").set(row, channel, gateRem);
        at("upRem").set(row, channel, upRem);
        at("rem").set(row, channel, rem);
        r.again(name);
    }

    /// A column and a lie about it that no other relation notices.
    ///
    /// @param violated the lookup that must notice, or after a slash the sumcheck
    record Lie(String column, String what, String violated, Change change) {}

    /// Changes a value.
    interface Change {
        /// @return whether the value allows the lie
        boolean apply(GatedCell c);
    }

    /// @param pairs whether the remainders of gate and up are looked up as pairs
    static List<Lie> lies(boolean pairs) {
        String gate = pairs ? "rems" : "gateRem";
        String up = pairs ? "rems" : "upRem";
        List<Lie> all = new ArrayList<>();
        all.add(new Lie("ug", "ug + 1, remainder - 2^s, everything from it", gate, GATE_STEP));
        all.add(new Lie("ub", "ub + 1, remainder - 2^s, everything from it", up, c -> {
            c.ub++;
            c.upRem -= 1L << c.shift;
            c.product();
            return true;
        }));
        if (pairs) {
            all.add(new Lie("gateRem", "ug + 2^s, ub - 1: the same sum remG + 2^s remU, everything from it", gate,
                    PACKED));
        }
        all.add(new Lie("ug", "ug + 2^(31 - s), remainder - 1: equal modulo p", "f", c -> {
            c.ug += 1L << 31 - c.shift;
            c.gateRem--;
            return c.gateRem >= 0;
        }));
        all.add(new Lie("ub", "ub + 2^(31 - s), remainder - 1: equal modulo p, everything from it", "ub", WRAPPED_UP));
        for (int step : new int[] {1, -1}) {
            all.add(new Lie("a", "f(ug) " + (step > 0 ? "+ 1" : "- 1") + ", everything from it", "f", c -> {
                c.a += step;
                c.product();
                return true;
            }));
        }
        all.add(new Lie("a", "a larger f(ug) where the product is clamped, g as it is", "f", c -> {
            long g = c.g;
            c.a++;
            c.product();
            return c.g == g && c.g != c.uh && c.ub != 0;
        }));
        all.add(new Lie("uh", "uh + 1, remainder - 2^s_g, the value of uh + 1, everything from it", "rem", c -> {
            c.uh++;
            c.rem -= 1L << c.productShift;
            c.g = c.clamped();
            return true;
        }));
        all.add(new Lie("uh", "uh + 2^(31 - s_g), remainder - 1: equal modulo p", "clamp", c -> {
            c.uh += 1L << 31 - c.productShift;
            c.rem--;
            return c.rem >= 0;
        }));
        for (int step : new int[] {1, -1}) {
            all.add(new Lie("out", "g " + (step > 0 ? "+ 1" : "- 1") + ", everything from it", "clamp", c -> {
                c.g += step;
                return true;
            }));
        }
        all.add(new Lie("ug", "ug + 1 with the remainder of ug, everything from it", "/acc", c -> {
            c.ug++;
            return c.activate();
        }));
        all.add(new Lie("ub", "ub + 1 with the remainder of ub, everything from it", "/acc", c -> {
            c.ub++;
            c.product();
            return true;
        }));
        all.add(new Lie("uh", "a (ub + 1), everything from it", "/gate", PRODUCT));
        return all;
    }

    /// ug + 1 where its remainder is outside its range, but less than twice as far.
    static final Change GATE_STEP = c -> {
        c.ug++;
        c.gateRem -= 1L << c.shift;
        return c.activate();
    };

    /// ug - 1 with a remainder that has one bit more.
    static final Change GATE_STEP_BACK = c -> {
        c.ug--;
        c.gateRem += 1L << c.shift;
        return c.activate();
    };

    /// remG + 2^s remU stays what it is.
    static final Change PACKED = c -> {
        c.ug += 1L << c.shift;
        c.gateRem -= 1L << 2 * c.shift;
        c.ub--;
        c.upRem += 1L << c.shift;
        return c.activate();
    };

    static final Change WRAPPED_UP = c -> {
        c.ub += 1L << 31 - c.shift;
        c.upRem--;
        c.product();
        return c.upRem >= 0;
    };

    /// The other way round: where ub is not negative and its range allows for two.
    static final Change WRAPPED_DOWN = c -> {
        c.ub -= 1L << 31 - c.shift;
        c.upRem++;
        c.product();
        return c.upRem < 1L << c.shift;
    };

    static final Change PRODUCT = c -> {
        c.product(c.a * (c.ub + 1));
        return c.a != 0;
    };
}
