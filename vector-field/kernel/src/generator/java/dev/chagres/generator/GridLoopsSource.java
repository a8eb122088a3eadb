package dev.chagres.generator;

import dev.chagres.generator.Emitter.Pair;

/// Source of the loops over functions of three variables on the grid {0, 1, inf}^3, base rows of 256 elements.
final class GridLoopsSource {
    private static final int ROW_BYTES = 1024;
    /// Rows that share the loads of a weight: more would make the loop too long.
    private static final int ROWS = 3;

    private final Emitter out = new Emitter();

    GridLoopsSource() {
        extend();
        products();
        cross();
        corners();
    }

    private void extend() {
        BlockMethod method = new BlockMethod(out, "extend", "The rows with a digit 2 from those without.",
                () -> KernelGenerator.splats(out, false), "base grid");
        String[] row = new String[27];
        for (int v = 0; v < 27; v++) {
            if (v % 3 == 2) {
                derive(row, v, 1);
            } else if (v / 3 % 3 < 2 && v / 9 < 2) {
                row[v] = out.load(at("grid + j", v));
            }
            if (v / 3 % 3 == 2) {
                derive(row, v, 3);
            }
            if (v / 9 == 2) {
                derive(row, v, 9);
            }
        }
        method.close();
    }

    /// The row whose digit of this weight is 2: value at 1 minus value at 0.
    private void derive(String[] row, int v, int weight) {
        if (row[v] == null) {
            row[v] = out.sub(row[v - weight], row[v - 2 * weight]);
            out.store(row[v], at("grid + j", v));
        }
    }

    private void products() {
        BlockMethod method = new BlockMethod(out, "products", "`sums += e a b` for three rows of a and b.",
                () -> KernelGenerator.splats(out, true), "long sums", "ext e", "base a", "base b");
        Pair[] e = weight();
        for (int r = 0; r < ROWS; r++) {
            String a = out.load(at("a + j", r));
            String b = out.load(at("b + j", r));
            addWeighted(e, out.split(out.reduceDoubled(out.times(out.splitDoubled(a), out.split(b)))), r);
        }
        method.close();
    }

    private void cross() {
        BlockMethod method = new BlockMethod(out, "cross", "`sums += e (a b + c d)` for one row of each.",
                () -> KernelGenerator.splats(out, true), "long sums", "ext e", "base a", "base b", "base c", "base d");
        Pair[] e = weight();
        Pair left = out.times(out.split(out.load("a + j")), out.split(out.load("b + j")));
        Pair right = out.times(out.split(out.load("c + j")), out.split(out.load("d + j")));
        addWeighted(e, out.split(out.reduceWide(out.plus(left, right))), 0);
        method.close();
    }

    private void corners() {
        BlockMethod method = new BlockMethod(out, "corners", "`sums += e (a + b)` for two rows of a and b.",
                () -> KernelGenerator.splats(out, true), "long sums", "ext e", "base a", "base b");
        Pair[] e = weight();
        for (int r = 0; r < 2; r++) {
            String sum = out.add(out.load(at("a + j", r)), out.load(at("b + j", r)));
            addWeighted(e, out.split(sum), r);
        }
        method.close();
    }

    private Pair[] weight() {
        Pair[] e = new Pair[4];
        for (int k = 0; k < 4; k++) {
            e[k] = out.split(out.load(ExtEmitter.at("e + i", k)));
        }
        return e;
    }

    /// Adds e x to accumulator `r`: two products are below 2^63, folded below 2^34.
    private void addWeighted(Pair[] e, Pair x, int r) {
        for (int k = 0; k < 4; k++) {
            Pair product = out.times(e[k], x);
            String term = out.foldWide(out.longs(product.even() + ".add(" + product.odd() + ")"));
            out.addTo("sums + " + (256 * r + 64 * k), term);
        }
    }

    private static String at(String address, int row) {
        return row == 0 ? address : address + " + " + ROW_BYTES * row;
    }

    @Override
    public String toString() {
        return KernelGenerator.file("GridLoops", """
                Loops over functions of three variables on the grid {0, 1, inf}^3: base arrays of 27 rows of 256 elements.
                `blocks` counts blocks of sixteen elements, at most sixteen; inputs and outputs are canonical. A `sums` argument
                addresses four raw 64-bit vectors for each row, 64 bytes apart, one for each coordinate; a loop adds to them values
                congruent to its terms and below 2^35 a vector.""", out);
    }
}
