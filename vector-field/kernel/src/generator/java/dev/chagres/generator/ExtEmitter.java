package dev.chagres.generator;

import dev.chagres.generator.Emitter.Pair;

/// QM31 arithmetic on four coordinate vectors, on top of [Emitter].
///
/// With s = 2 b2 - b3 and t = b2 + 2 b3 every coordinate of a product is a sum of four products below 2^62:
/// c0 = a0 b0 - a1 b1 + a2 s - a3 t, c1 = a0 b1 + a1 b0 + a2 t + a3 s, c2 = a0 b2 - a1 b3 + a2 b0 - a3 b1,
/// c3 = a0 b3 + a1 b2 + a2 b1 + a3 b0. A minus sign negates a factor, so that 4 (2^31 - 1)^2 < 2^64 bounds each
/// sum and one reduction per coordinate is enough.
final class ExtEmitter {
    private final Emitter out;

    ExtEmitter(Emitter out) {
        this.out = out;
    }

    /// Loads the element vector at `address` (an expression for the place of coordinate 0).
    String[] load(String address) {
        String[] c = new String[4];
        for (int k = 0; k < 4; k++) {
            c[k] = out.load(at(address, k));
        }
        return c;
    }

    void store(String[] c, String address) {
        for (int k = 0; k < 4; k++) {
            out.store(c[k], at(address, k));
        }
    }

    static String at(String address, int k) {
        return k == 0 ? address : address + " + " + 64 * k;
    }

    String[] add(String[] a, String[] b) {
        String[] c = new String[4];
        for (int k = 0; k < 4; k++) {
            c[k] = out.add(a[k], b[k]);
        }
        return c;
    }

    String[] sub(String[] a, String[] b) {
        String[] c = new String[4];
        for (int k = 0; k < 4; k++) {
            c[k] = out.sub(a[k], b[k]);
        }
        return c;
    }

    /// The factors of a product: row k lists the four right factors of a0..a3 in coordinate k.
    record Factors(Pair[][] left, Pair[][] right) {}

    Factors factors(String[] a, String[] b) {
        Pair[] x = new Pair[4];
        Pair[] y = new Pair[4];
        for (int k = 0; k < 4; k++) {
            x[k] = out.split(a[k]);
            y[k] = out.split(b[k]);
        }
        Pair n1 = out.split(out.negativeFactor(a[1]));
        Pair n3 = out.split(out.negativeFactor(a[3]));
        Pair s = out.split(out.add(out.sub(b[2], b[3]), b[2]));
        Pair t = out.split(out.add(out.add(b[3], b[3]), b[2]));
        Pair[][] left = {{x[0], n1, x[2], n3}, {x[0], x[1], x[2], x[3]}, {x[0], n1, x[2], n3}, x};
        Pair[][] right = {{y[0], y[1], s, t}, {y[1], y[0], t, s}, {y[2], y[3], y[0], y[1]}, {y[3], y[2], y[1], y[0]}};
        return new Factors(left, right);
    }

    /// A product with the constant declared by [#constant(String)]; signs go to its splats.
    Factors factors(String[] a, Constant r) {
        Pair[] x = new Pair[4];
        for (int k = 0; k < 4; k++) {
            x[k] = out.split(a[k]);
        }
        Pair[][] right = {
            {r.splat("0"), r.splat("n1"), r.splat("s"), r.splat("nt")},
            {r.splat("1"), r.splat("0"), r.splat("t"), r.splat("s")},
            {r.splat("2"), r.splat("n3"), r.splat("0"), r.splat("n1")},
            {r.splat("3"), r.splat("2"), r.splat("1"), r.splat("0")}};
        return new Factors(new Pair[][] {x, x, x, x}, right);
    }

    /// Names of the nine splats of a constant ext factor.
    record Constant(String name) {
        Pair splat(String part) {
            return new Pair(name + part, name + part);
        }
    }

    /// Declares the splats of the QM31 parameter `name`; to be called outside the loop.
    Constant constant(String name) {
        String[][] parts = {
            {"0", name + ".c0()"}, {"1", name + ".c1()"}, {"2", name + ".c2()"}, {"3", name + ".c3()"},
            {"n1", "M31.neg(" + name + ".c1())"}, {"n3", "M31.neg(" + name + ".c3())"},
            {"s", "M31.sub(M31.add(" + name + ".c2(), " + name + ".c2()), " + name + ".c3())"},
            {"t", "M31.add(M31.add(" + name + ".c3(), " + name + ".c3()), " + name + ".c2())"}};
        for (String[] part : parts) {
            out.line("LongVector " + name + part[0] + " = LongVector.broadcast(L, " + part[1] + ").and(LOW);");
        }
        out.line("LongVector " + name + "nt = P64.sub(" + name + "t).and(LOW);");
        return new Constant(name);
    }

    /// The unreduced sum of coordinate `k`.
    Pair sum(Factors f, int k) {
        Pair sum = out.times(f.left()[k][0], f.right()[k][0]);
        for (int m = 1; m < 4; m++) {
            sum = out.plus(sum, out.times(f.left()[k][m], f.right()[k][m]));
        }
        return sum;
    }

    String[] product(Factors f) {
        String[] c = new String[4];
        for (int k = 0; k < 4; k++) {
            c[k] = out.reduceWide(sum(f, k));
        }
        return c;
    }

    /// `f + g` with one reduction per coordinate.
    String[] productSum(Factors f, Factors g) {
        String[] c = new String[4];
        for (int k = 0; k < 4; k++) {
            Pair x = out.foldWide(sum(f, k));
            Pair y = out.foldWide(sum(g, k));
            c[k] = out.reduceFolded(out.plus(x, y));
        }
        return c;
    }

    /// Adds a product to the four 64-bit vectors at `sums`, folded but not reduced: below 2^35 per vector, so 2^29 vectors fit.
    void accumulate(Factors f, String sums) {
        for (int k = 0; k < 4; k++) {
            Pair x = out.foldWide(sum(f, k));
            out.addTo(at(sums, k), x.even() + ".add(" + x.odd() + ")");
        }
    }
}
