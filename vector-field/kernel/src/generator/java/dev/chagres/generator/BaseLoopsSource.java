package dev.chagres.generator;

import java.util.Arrays;
import java.util.function.Consumer;

/// Source of the loops over base arrays.
final class BaseLoopsSource {
    private final Emitter out = new Emitter();

    BaseLoopsSource() {
        method("add", "long dst, long a, long b, long bytes", "`dst = a + b`", false,
                o -> o.store(o.add(o.load("a + i"), o.load("b + i")), "dst + i"));
        method("sub", "long dst, long a, long b, long bytes", "`dst = a - b`", false,
                o -> o.store(o.sub(o.load("a + i"), o.load("b + i")), "dst + i"));
        method("mul", "long dst, long a, long b, long bytes", "`dst = a b`", true, o -> o.store(product(o), "dst + i"));
        method("mulAdd", "long dst, long a, long b, long c, long bytes", "`dst = a b + c`", true,
                o -> o.store(o.add(product(o), o.load("c + i")), "dst + i"));
        method("embed", "long dst, long src, long bytes", "The residues of signed integers above -p and below p.", false,
                o -> {
                    String v = o.load("src + i");
                    o.store(o.ints(v + ".lanewise(UMIN, " + v + ".add(P))"), "dst + i");
                });
    }

    private static String product(Emitter o) {
        return o.reduceDoubled(o.times(o.splitDoubled(o.load("a + i")), o.split(o.load("b + i"))));
    }

    private void method(String name, String parameters, String comment, boolean products, Consumer<Emitter> body) {
        out.startMethod();
        out.line("/// " + comment);
        out.open("static void " + name + "(" + parameters + ")");
        KernelGenerator.addresses(out, Arrays.stream(parameters.split(", ")).map(p -> p.substring(p.indexOf(' ') + 1))
                .filter(p -> !p.equals("bytes")).toList());
        KernelGenerator.splats(out, products);
        out.open("for (long i = 0, end = bytes & OFFSET; i < end; i += BYTES)");
        body.accept(out);
        out.close();
        out.close();
        out.line("");
    }

    @Override
    public String toString() {
        return KernelGenerator.file("BaseLoops", """
                Elementwise loops over base arrays. Sizes are in bytes, whole blocks; inputs and outputs are canonical.""", out);
    }
}
