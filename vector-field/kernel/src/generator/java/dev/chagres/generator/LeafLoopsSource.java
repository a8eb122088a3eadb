package dev.chagres.generator;

import dev.chagres.generator.Emitter.Pair;

/// Source of the loops that make the lowest layers of a fraction tree from base arrays.
final class LeafLoopsSource {
    private final Emitter out = new Emitter();

    LeafLoopsSource() {
        pair();
        symmetric();
        combine();
    }

    /// Coordinates 1 to 3 of q need one product, at most (p-1)^2 + p - 1 < 2^62, so that its doubled form fits 64 bits
    /// and its quotient by 2^31 stays below p. Coordinate 0 adds a0 a1 and takes the wide reduction.
    private void pair() {
        BlockMethod method = new BlockMethod(out, "pair",
                "`p = 2c - (a0 + a1)`, `q = (c - a0)(c - a1)`, from c, n = -c and s = c^2.",
                this::pairSplats, "ext p", "ext q", "base a0", "base a1", "QM31 c", "QM31 n", "QM31 s");
        String a0 = out.load("a0 + j");
        String a1 = out.load("a1 + j");
        String sum = out.add(a0, a1);
        out.store(out.sub("c0", sum), "p + i");
        for (int k = 1; k < 4; k++) {
            out.store("c" + k, ExtEmitter.at("p + i", k));
        }
        Pair split = out.split(sum);
        Pair wide = out.plus(out.times(out.split(a0), out.split(a1)), out.times(split, new Pair("n0", "n0")));
        out.store(out.reduceWide(out.plus(wide, new Pair("s0", "s0"))), "q + i");
        for (int k = 1; k < 4; k++) {
            Pair product = out.times(split, new Pair("n" + k, "n" + k));
            out.store(out.reduceDoubled(out.plus(product, new Pair("s" + k, "s" + k))), ExtEmitter.at("q + i", k));
        }
        method.close();
    }

    private void pairSplats() {
        KernelGenerator.splats(out, true);
        for (int k = 0; k < 4; k++) {
            String scale = k == 0 ? "" : "2L * ";
            out.line("IntVector c" + k + " = IntVector.broadcast(I, M31.add(c.c" + k + "(), c.c" + k + "()));");
            out.line("LongVector n" + k + " = LongVector.broadcast(L, " + scale + "n.c" + k + "()).and(LOW);");
            out.line("LongVector s" + k + " = LongVector.broadcast(L, " + scale + "s.c" + k + "());");
        }
    }

    private void symmetric() {
        BlockMethod method = new BlockMethod(out, "symmetric",
                "The elementary symmetric sums e1..e4 of a0..a3.", () -> KernelGenerator.splats(out, true),
                "base e1", "base e2", "base e3", "base e4", "base a0", "base a1", "base a2", "base a3");
        String[] sum = new String[2];
        Pair[] s = new Pair[2];
        String[] product = new String[2];
        Pair[] t = new Pair[2];
        for (int h = 0; h < 2; h++) {
            String a = out.load("a" + 2 * h + " + j");
            String b = out.load("a" + (2 * h + 1) + " + j");
            sum[h] = out.add(a, b);
            product[h] = out.reduceDoubled(out.times(out.splitDoubled(a), out.split(b)));
            s[h] = out.split(sum[h]);
            t[h] = out.split(product[h]);
        }
        out.store(out.add(sum[0], sum[1]), "e1 + j");
        Pair products = out.plus(out.plus(t[0], t[1]), out.times(s[0], s[1]));
        out.store(out.reduceWide(products), "e2 + j");
        out.store(out.reduceWide(out.plus(out.times(s[0], t[1]), out.times(s[1], t[0]))), "e3 + j");
        out.store(out.reduceWide(out.times(t[0], t[1])), "e4 + j");
        method.close();
    }

    /// Three products, a constant and y are together below 3 (p-1)^2 + 2^32 < 2^64.
    private void combine() {
        BlockMethod method = new BlockMethod(out, "combine", "`dst = k + y + w0 x0 + w1 x1 + w2 x2`",
                this::combineSplats, "ext dst", "base y", "base x0", "base x1", "base x2", "QM31 k", "QM31 w0", "QM31 w1", "QM31 w2");
        Pair[] x = new Pair[3];
        for (int r = 0; r < 3; r++) {
            x[r] = out.split(out.load("x" + r + " + j"));
        }
        for (int k = 0; k < 4; k++) {
            Pair sum = new Pair("k" + k, "k" + k);
            if (k == 0) {
                sum = out.plus(sum, out.split(out.load("y + j")));
            }
            for (int r = 0; r < 3; r++) {
                sum = out.plus(sum, out.times(x[r], new Pair("w" + r + k, "w" + r + k)));
            }
            out.store(out.reduceWide(sum), ExtEmitter.at("dst + i", k));
        }
        method.close();
    }

    private void combineSplats() {
        KernelGenerator.splats(out, true);
        for (int k = 0; k < 4; k++) {
            out.line("LongVector k" + k + " = LongVector.broadcast(L, k.c" + k + "());");
            for (int r = 0; r < 3; r++) {
                out.line("LongVector w" + r + k + " = LongVector.broadcast(L, w" + r + ".c" + k + "()).and(LOW);");
            }
        }
    }

    @Override
    public String toString() {
        return KernelGenerator.file("LeafLoops", """
                Loops from base arrays to ext arrays for fractions 1 / (c - a). `blocks` counts blocks of sixteen elements; inputs
                and outputs are canonical.""", out);
    }
}
