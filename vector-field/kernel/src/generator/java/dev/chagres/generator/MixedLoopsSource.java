package dev.chagres.generator;

import dev.chagres.generator.Emitter.Pair;
import java.util.List;

/// Source of the loops that pair base arrays with ext arrays or ext constants.
final class MixedLoopsSource {
    private static final String[] ROWS = {"a", "b", "c", "d"};

    private final Emitter out = new Emitter();

    MixedLoopsSource() {
        mulExtByBase();
        addScaledBase();
        foldBase();
        dotBase();
        combineRows();
    }

    private void mulExtByBase() {
        BlockMethod method = new BlockMethod(out, "mulExtByBase", "`dst = a b`, b base.",
                () -> KernelGenerator.splats(out, true), "ext dst", "ext a", "base b");
        Pair b = out.splitDoubled(out.load("b + j"));
        for (int k = 0; k < 4; k++) {
            Pair x = out.split(out.load(ExtEmitter.at("a + i", k)));
            out.store(out.reduceDoubled(out.times(x, b)), ExtEmitter.at("dst + i", k));
        }
        method.close();
    }

    private void addScaledBase() {
        BlockMethod method = new BlockMethod(out, "addScaledBase", "`dst = dst + s a`, a base.",
                () -> doubledSplats("s"), "ext dst", "base a", "QM31 s");
        Pair a = out.split(out.load("a + j"));
        for (int k = 0; k < 4; k++) {
            String product = out.reduceDoubled(out.times(a, new Pair("s" + k, "s" + k)));
            String place = ExtEmitter.at("dst + i", k);
            out.store(out.add(product, out.load(place)), place);
        }
        method.close();
    }

    private void foldBase() {
        BlockMethod method = new BlockMethod(out, "foldBase", "`dst = lo + r (hi - lo)`, lo and hi base.",
                () -> doubledSplats("r"), "ext dst", "base lo", "base hi", "QM31 r");
        String low = out.load("lo + j");
        Pair d = out.split(out.sub(out.load("hi + j"), low));
        for (int k = 0; k < 4; k++) {
            String product = out.reduceDoubled(out.times(d, new Pair("r" + k, "r" + k)));
            out.store(k == 0 ? out.add(product, low) : product, ExtEmitter.at("dst + i", k));
        }
        method.close();
    }

    private void dotBase() {
        BlockMethod method = new BlockMethod(out, "dotBase", "`sums += a b`, a base, b ext.",
                () -> KernelGenerator.splats(out, true), "long sums", "base a", "ext b");
        Pair a = out.split(out.load("a + j"));
        for (int k = 0; k < 4; k++) {
            Pair x = out.times(a, out.split(out.load(ExtEmitter.at("b + i", k))));
            String term = out.foldWide(out.longs(x.even() + ".add(" + x.odd() + ")"));
            out.addTo(ExtEmitter.at("sums", k), term);
        }
        method.close();
    }

    /// Four rows at once: the sum of four products is below 2^64, is folded once and added to a 64-bit
    /// accumulator, so that reduction is paid once per column and tile rather than once per row.
    private void combineRows() {
        open("combineFourRows", "long acc, long a, long stride, QM31 w0, QM31 w1, QM31 w2, QM31 w3, long blocks",
                "`acc += w0 a0 + w1 a1 + w2 a2 + w3 a3`, a0..a3 base rows `stride` bytes apart; acc holds, for each block and"
                        + "\ncoordinate, 64 bytes of even and 64 bytes of odd lanes, grown by less than 2^34 a lane.");
        weights();
        rows(false);
        Pair[] x = new Pair[4];
        for (int r = 0; r < 4; r++) {
            x[r] = out.split(out.load(ROWS[r] + " + i + o"));
        }
        for (int k = 0; k < 4; k++) {
            addTo(k, out.foldWide(weightedSum(x, k)));
        }
        close();

        combineInt16();

        open("addAccumulated", "long dst, long acc, long blocks", "`dst = dst + acc`, acc as written by combineFourRows.");
        KernelGenerator.addresses(out, List.of("dst", "acc"));
        out.open("for (long at = 0; at != blocks * 256; at += 256)");
        out.line("long i = at & OFFSET;");
        out.open("for (int o = 0; o < 64; o += BYTES)");
        for (int k = 0; k < 4; k++) {
            Pair sum = new Pair(
                    out.longs("LongVector.fromMemorySegment(L, ALL, acc + i * 2 + o + " + 128 * k + ", ORDER)"),
                    out.longs("LongVector.fromMemorySegment(L, ALL, acc + i * 2 + o + " + (128 * k + 64) + ", ORDER)"));
            String place = ExtEmitter.at("dst + i + o", k);
            out.store(out.add(out.reduceWide(sum), out.load(place)), place);
        }
        close();
    }

    /// Biased by 2^15 a source is unsigned and below 2^16: a product stays below 2^47, and 2^17 of them fit a 64-bit lane
    /// with no reduction at all.
    private void combineInt16() {
        open("combineFourRowsInt16", "long acc, long a, long stride, QM31 w0, QM31 w1, QM31 w2, QM31 w3, long blocks",
                "`acc += w0 b0 + w1 b1 + w2 b2 + w3 b3` with b = a + 2^15 for rows a0..a3 of signed 16-bit integers, `stride`"
                        + "\nbytes apart; acc as for combineFourRows, grown by less than 2^49 a lane.");
        weights();
        out.line("short SIGN = Short.MIN_VALUE;");
        rows(true);
        Pair[] x = new Pair[4];
        for (int r = 0; r < 4; r++) {
            String narrow = "ShortVector.fromMemorySegment(S, ALL, " + ROWS[r] + " + (i >> 1) + (o >> 1), ORDER).lanewise(XOR, SIGN)";
            x[r] = out.split(out.ints("(IntVector) " + narrow + ".convertShape(ZERO_EXTEND_S2I, I, 0)"));
        }
        for (int k = 0; k < 4; k++) {
            addTo(k, weightedSum(x, k));
        }
        close();
    }

    private void weights() {
        for (int r = 0; r < 4; r++) {
            for (int k = 0; k < 4; k++) {
                out.line("LongVector w" + r + k + " = LongVector.broadcast(L, w" + r + ".c" + k + "()).and(LOW);");
            }
        }
    }

    /// Opens the loop over four rows.
    ///
    /// @param masked whether bounds checks fold away. C2 then peels an iteration and keeps twelve splats on the stack, which is
    ///     a tenth slower where the sums are folded in the loop
    private void rows(boolean masked) {
        out.line("long b = a + stride;");
        out.line("long c = b + stride;");
        out.line("long d = c + stride;");
        if (masked) {
            KernelGenerator.addresses(out, List.of("acc", "a", "b", "c", "d"));
        }
        out.open("for (long at = 0; at != blocks * 64; at += 64)");
        out.line("long i = at" + (masked ? " & OFFSET;" : ";"));
        out.open("for (int o = 0; o < 64; o += BYTES)");
    }

    private Pair weightedSum(Pair[] x, int k) {
        Pair sum = out.times(x[0], new Pair("w0" + k, "w0" + k));
        for (int r = 1; r < 4; r++) {
            sum = out.plus(sum, out.times(x[r], new Pair("w" + r + k, "w" + r + k)));
        }
        return sum;
    }

    private void addTo(int k, Pair sum) {
        out.addTo("acc + i * 8 + o + " + 128 * k, sum.even());
        out.addTo("acc + i * 8 + o + " + (128 * k + 64), sum.odd());
    }

    private void open(String name, String parameters, String comment) {
        out.startMethod();
        comment.lines().forEach(line -> out.line("/// " + line));
        out.open("static void " + name + "(" + parameters + ")");
        KernelGenerator.splats(out, true);
    }

    private void doubledSplats(String name) {
        KernelGenerator.splats(out, true);
        for (int k = 0; k < 4; k++) {
            out.line("LongVector " + name + k + " = LongVector.broadcast(L, 2L * " + name + ".c" + k + "()).and(LOW);");
        }
    }

    private void close() {
        out.close();
        out.close();
        out.close();
        out.line("");
    }

    @Override
    public String toString() {
        return KernelGenerator.file("MixedLoops", """
                Loops over base and ext arrays together. `blocks` counts blocks of sixteen elements; inputs and outputs are
                canonical. A `sums` argument addresses four raw 64-bit vectors, 64 bytes apart, one for each coordinate; a
                loop adds to them values congruent to its terms and below 2^35 a vector.""", out);
    }
}
