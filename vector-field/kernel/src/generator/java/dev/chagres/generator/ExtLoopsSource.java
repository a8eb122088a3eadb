package dev.chagres.generator;

import dev.chagres.generator.ExtEmitter.Constant;

/// Source of the loops over ext arrays.
final class ExtLoopsSource {
    private final Emitter out = new Emitter();
    private final ExtEmitter ext = new ExtEmitter(out);
    private BlockMethod method;
    private Constant r;

    ExtLoopsSource() {
        elementwise();
        scaled();
        products();
        sums();
    }

    private void elementwise() {
        method = new BlockMethod(out, "add", "`dst = a + b`",
                () -> KernelGenerator.splats(out, false), "ext dst", "ext a", "ext b");
        ext.store(ext.add(ext.load("a + i"), ext.load("b + i")), "dst + i");
        method.close();

        method = new BlockMethod(out, "sub", "`dst = a - b`",
                () -> KernelGenerator.splats(out, false), "ext dst", "ext a", "ext b");
        ext.store(ext.sub(ext.load("a + i"), ext.load("b + i")), "dst + i");
        method.close();
    }

    private void scaled() {
        method = new BlockMethod(out, "scale", "`dst = r a`",
                this::constantSplats, "ext dst", "ext a", "QM31 r");
        ext.store(ext.product(ext.factors(ext.load("a + i"), r)), "dst + i");
        method.close();

        method = new BlockMethod(out, "addScaled", "`dst = c + r a`",
                this::constantSplats, "ext dst", "ext c", "ext a", "QM31 r");
        String[] scaled = ext.product(ext.factors(ext.load("a + i"), r));
        ext.store(ext.add(scaled, ext.load("c + i")), "dst + i");
        method.close();

        method = new BlockMethod(out, "fold", "`dst = lo + r (hi - lo)`",
                this::constantSplats, "ext dst", "ext lo", "ext hi", "QM31 r");
        String[] low = ext.load("lo + i");
        String[] step = ext.product(ext.factors(ext.sub(ext.load("hi + i"), low), r));
        ext.store(ext.add(step, low), "dst + i");
        method.close();

        method = new BlockMethod(out, "splitEq", "One more variable of an equality table: `hi = r lo`, then `lo = lo - hi`.",
                this::constantSplats, "ext hi", "ext lo", "QM31 r");
        String[] old = ext.load("lo + i");
        String[] high = ext.product(ext.factors(old, r));
        ext.store(high, "hi + i");
        ext.store(ext.sub(old, high), "lo + i");
        method.close();
    }

    private void products() {
        method = new BlockMethod(out, "mul", "`dst = a b`",
                () -> KernelGenerator.splats(out, true), "ext dst", "ext a", "ext b");
        ext.store(ext.product(ext.factors(ext.load("a + i"), ext.load("b + i"))), "dst + i");
        method.close();

        method = new BlockMethod(out, "mulDifferences", "`dst = (aHi - aLo) (bHi - bLo)`",
                () -> KernelGenerator.splats(out, true), "ext dst", "ext aLo", "ext aHi", "ext bLo", "ext bHi");
        ext.store(ext.product(ext.factors(difference("a"), difference("b"))), "dst + i");
        method.close();

        method = new BlockMethod(out, "mulSum", "`dst = a b + c d`",
                () -> KernelGenerator.splats(out, true), "ext dst", "ext a", "ext b", "ext c", "ext d");
        String[] a = ext.load("a + i");
        String[] b = ext.load("b + i");
        ExtEmitter.Factors f = ext.factors(a, b);
        ExtEmitter.Factors g = ext.factors(ext.load("c + i"), ext.load("d + i"));
        ext.store(ext.productSum(f, g), "dst + i");
        method.close();
    }

    private void sums() {
        method = new BlockMethod(out, "sum", "`sums += a`",
                () -> KernelGenerator.splats(out, true), "long sums", "ext a");
        for (int k = 0; k < 4; k++) {
            Emitter.Pair x = out.split(out.load(ExtEmitter.at("a + i", k)));
            out.addTo(ExtEmitter.at("sums", k), x.even() + ".add(" + x.odd() + ")");
        }
        method.close();

        method = new BlockMethod(out, "dot", "`sums += a b`",
                () -> KernelGenerator.splats(out, true), "long sums", "ext a", "ext b");
        ext.accumulate(ext.factors(ext.load("a + i"), ext.load("b + i")), "sums");
        method.close();

        method = new BlockMethod(out, "dotDifferences", "`sums += (aHi - aLo) (bHi - bLo)`",
                () -> KernelGenerator.splats(out, true), "long sums", "ext aLo", "ext aHi", "ext bLo", "ext bHi");
        ext.accumulate(ext.factors(difference("a"), difference("b")), "sums");
        method.close();
    }

    private String[] difference(String name) {
        return ext.sub(ext.load(name + "Hi + i"), ext.load(name + "Lo + i"));
    }

    private void constantSplats() {
        KernelGenerator.splats(out, true);
        r = ext.constant("r");
    }

    @Override
    public String toString() {
        return KernelGenerator.file("ExtLoops", """
                Loops over ext arrays. `blocks` counts blocks of sixteen elements; inputs and outputs are canonical. A `sums`
                argument addresses four raw 64-bit vectors, 64 bytes apart, one for each coordinate; a loop adds to them
                values congruent to its terms and below 2^35 a vector.""", out);
    }
}
