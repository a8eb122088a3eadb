package dev.chagres.generator;

import dev.chagres.generator.ExtEmitter.Constant;

/// Source of the loops over ext arrays.
final class ExtLoopsSource {
    private final Emitter out = new Emitter();
    private final ExtEmitter ext = new ExtEmitter(out);

    ExtLoopsSource() {
        elementwise();
        scaled();
        products();
        sums();
    }

    private void elementwise() {
        open("add", "long dst, long a, long b, long blocks", "`dst = a + b`");
        loop();
        ext.store(ext.add(ext.load("a + i + o"), ext.load("b + i + o")), "dst + i + o");
        close();

        open("sub", "long dst, long a, long b, long blocks", "`dst = a - b`");
        loop();
        ext.store(ext.sub(ext.load("a + i + o"), ext.load("b + i + o")), "dst + i + o");
        close();
    }

    private void scaled() {
        open("scale", "long dst, long a, QM31 r, long blocks", "`dst = r a`");
        Constant r = ext.constant("r");
        loop();
        ext.store(ext.product(ext.factors(ext.load("a + i + o"), r)), "dst + i + o");
        close();

        open("addScaled", "long dst, long c, long a, QM31 r, long blocks", "`dst = c + r a`");
        ext.constant("r");
        loop();
        String[] scaled = ext.product(ext.factors(ext.load("a + i + o"), r));
        ext.store(ext.add(scaled, ext.load("c + i + o")), "dst + i + o");
        close();

        open("fold", "long dst, long lo, long hi, QM31 r, long blocks", "`dst = lo + r (hi - lo)`");
        ext.constant("r");
        loop();
        String[] low = ext.load("lo + i + o");
        String[] step = ext.product(ext.factors(ext.sub(ext.load("hi + i + o"), low), r));
        ext.store(ext.add(step, low), "dst + i + o");
        close();

        open("splitEq", "long hi, long lo, QM31 r, long blocks",
                "One more variable of an equality table: `hi = r lo`, then `lo = lo - hi`.");
        ext.constant("r");
        loop();
        String[] old = ext.load("lo + i + o");
        String[] high = ext.product(ext.factors(old, r));
        ext.store(high, "hi + i + o");
        ext.store(ext.sub(old, high), "lo + i + o");
        close();
    }

    private void products() {
        open("mul", "long dst, long a, long b, long blocks", "`dst = a b`");
        loop();
        ext.store(ext.product(ext.factors(ext.load("a + i + o"), ext.load("b + i + o"))), "dst + i + o");
        close();

        open("mulDifferences", "long dst, long aLo, long aHi, long bLo, long bHi, long blocks",
                "`dst = (aHi - aLo) (bHi - bLo)`");
        loop();
        ext.store(ext.product(ext.factors(difference("a"), difference("b"))), "dst + i + o");
        close();

        open("mulSum", "long dst, long a, long b, long c, long d, long blocks", "`dst = a b + c d`");
        loop();
        String[] a = ext.load("a + i + o");
        String[] b = ext.load("b + i + o");
        ExtEmitter.Factors f = ext.factors(a, b);
        ExtEmitter.Factors g = ext.factors(ext.load("c + i + o"), ext.load("d + i + o"));
        ext.store(ext.productSum(f, g), "dst + i + o");
        close();
    }

    private void sums() {
        open("sum", "long sums, long a, long blocks", "`sums += a`");
        loadSums();
        loop();
        for (int k = 0; k < 4; k++) {
            Emitter.Pair x = out.split(out.load(ExtEmitter.at("a + i + o", k)));
            out.line("sum" + k + " = sum" + k + ".add(" + x.even() + ").add(" + x.odd() + ");");
        }
        closeWithSums();

        open("dot", "long sums, long a, long b, long blocks", "`sums += a b`");
        loadSums();
        loop();
        ext.accumulate(ext.factors(ext.load("a + i + o"), ext.load("b + i + o")));
        closeWithSums();

        open("dotDifferences", "long sums, long aLo, long aHi, long bLo, long bHi, long blocks",
                "`sums += (aHi - aLo) (bHi - bLo)`");
        loadSums();
        loop();
        ext.accumulate(ext.factors(difference("a"), difference("b")));
        closeWithSums();
    }

    private String[] difference(String name) {
        return ext.sub(ext.load(name + "Hi + i + o"), ext.load(name + "Lo + i + o"));
    }

    private void open(String name, String parameters, String comment) {
        out.startMethod();
        out.line("/// " + comment);
        out.open("static void " + name + "(" + parameters + ")");
        KernelGenerator.splats(out, !(name.equals("add") || name.equals("sub")));
    }

    private void loop() {
        out.open("for (long i = 0; i != blocks * 256; i += 256)");
        out.open("for (int o = 0; o < 64; o += BYTES)");
    }

    private void close() {
        out.close();
        out.close();
        out.close();
        out.line("");
    }

    private void loadSums() {
        for (int k = 0; k < 4; k++) {
            out.line("LongVector sum" + k + " = LongVector.fromMemorySegment(L, ALL, " + ExtEmitter.at("sums", k) + ", ORDER);");
        }
    }

    private void closeWithSums() {
        out.close();
        out.close();
        for (int k = 0; k < 4; k++) {
            out.store("sum" + k, ExtEmitter.at("sums", k));
        }
        out.close();
        out.line("");
    }

    @Override
    public String toString() {
        return KernelGenerator.file("ExtLoops", """
                Loops over ext arrays. `blocks` counts blocks of sixteen elements; inputs and outputs are canonical. A `sums`
                argument addresses four raw 64-bit vectors, 64 bytes apart, one for each coordinate; a loop adds to them
                values congruent to its terms and below 2^35 a vector.""", out);
    }
}
