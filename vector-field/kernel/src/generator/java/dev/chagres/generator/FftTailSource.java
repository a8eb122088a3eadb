package dev.chagres.generator;

import dev.chagres.generator.ButterflyEmitter.Both;
import dev.chagres.generator.Emitter.Pair;

/// Source of the last layers of the circle FFT, on chunks of two vectors, or of their transpose.
///
/// The number of lanes v is known only when the code runs, so that layers are conditional: layer log2(v) is a butterfly
/// between the vectors a and b of a chunk, the layers below are butterflies inside them, after an exchange of lanes.
final class FftTailSource {
    /// log2 of the largest number of lanes.
    private static final int TOP = 4;

    private final Emitter out = new Emitter();
    private final boolean transposed;
    private final ButterflyEmitter butterfly;

    FftTailSource(boolean transposed) {
        this.transposed = transposed;
        this.butterfly = new ButterflyEmitter(out, transposed);
        if (transposed) {
            backward();
        } else {
            forward();
        }
    }

    private void forward() {
        out.line("/// Coefficients `src` to values `dst`, `chunks` times two vectors; `dst` may be `src`.");
        out.open("static void forward(long dst, long src, long chunks, long w4, long w3, long w2, long w1)");
        constants("STORE");
        out.open("for (long end = src + 2L * BYTES * chunks; src != end; src += 2L * BYTES, dst += 2L * BYTES)");
        out.line("IntVector a = IntVector.fromMemorySegment(I, ALL, src, ORDER);");
        out.line("IntVector b = IntVector.fromMemorySegment(I, ALL, src + BYTES, ORDER);");
        for (int layer = TOP; layer > 1; layer--) {
            between(layer);
        }
        for (int layer = TOP - 1; layer >= 0; layer--) {
            inside(layer);
        }
        out.store("first.selectFrom(a, b)", "dst");
        out.store("second.selectFrom(a, b)", "dst + BYTES");
        close();
    }

    private void backward() {
        out.line("/// The first layers of the transposed transform, in place, on `chunks` times two vectors.");
        out.open("static void backward(long data, long chunks, long w4, long w3, long w2, long w1)");
        constants("LOAD");
        out.open("for (long end = data + 2L * BYTES * chunks; data != end; data += 2L * BYTES)");
        out.line("long dataAt = data & ADDRESS;");
        String lower = out.load("dataAt");
        String upper = out.load("dataAt + BYTES");
        out.line("IntVector a = first.selectFrom(" + lower + ", " + upper + ");");
        out.line("IntVector b = second.selectFrom(" + lower + ", " + upper + ");");
        for (int layer = 0; layer < TOP; layer++) {
            inside(layer);
        }
        for (int layer = TOP; layer > 1; layer--) {
            between(layer);
        }
        out.store("a", "dataAt");
        out.store("b", "dataAt + BYTES");
        close();
    }

    private void constants(String natural) {
        KernelGenerator.splats(out, ButterflyEmitter.SPLATS);
        for (int layer = TOP - 1; layer >= 0; layer--) {
            table("low" + layer, "LOW[" + layer + "]");
            table("high" + layer, "HIGH[" + layer + "]");
            table("twiddle" + layer, "TWIDDLE[" + layer + "]");
        }
        table("first", natural + "_FIRST");
        table("second", natural + "_SECOND");
    }

    private void table(String name, String indices) {
        out.line("IntVector " + name + " = IntVector.fromArray(I, FftLanes." + indices + ", 0);");
    }

    /// The layer between the two vectors, where there are 2^layer lanes.
    private void between(int layer) {
        out.open("if (COUNT == " + (1 << layer) + ")");
        out.line("// layer " + layer + ", between the two vectors");
        assign(butterfly.apply("a", "b", butterfly.splat(twiddles(layer))));
        out.close();
    }

    /// A layer inside the vectors, where there are more than 2^layer lanes.
    private void inside(int layer) {
        boolean conditional = layer > 1;
        if (conditional) {
            out.open("if (COUNT > " + (1 << layer) + ")");
        }
        out.line("// layer " + layer);
        Pair t = out.splitDoubled(layer > 0
                ? out.ints("twiddle" + layer + ".selectFrom(" + out.load(twiddles(layer)) + ")")
                : ordinates(out.load(twiddles(1))));
        if (transposed) {
            assign(exchanged(layer, butterfly.apply("a", "b", t)));
        } else {
            Both both = exchanged(layer, new Both("a", "b"));
            assign(butterfly.apply(both.first(), both.second(), t));
        }
        if (conditional) {
            out.close();
        }
    }

    /// The place of the twiddles of a layer. Only the transpose bounds its addresses (see `Lanes.ADDRESS`): there it saves a
    /// twentieth, in the other direction it costs a twelfth at 512 bits.
    private String twiddles(int layer) {
        return "w" + layer + (transposed ? " & ADDRESS" : "");
    }

    /// Twiddles of layer 0: abscissas of layer 1 and their negatives.
    private String ordinates(String x) {
        return out.ints("twiddle0.selectFrom(" + x + ", P.sub(" + x + "))");
    }

    /// Exchanges the vector with bit `layer` of the lane.
    private Both exchanged(int layer, Both both) {
        String arguments = ".selectFrom(" + both.first() + ", " + both.second() + ")";
        return new Both(out.ints("low" + layer + arguments), out.ints("high" + layer + arguments));
    }

    private void assign(Both both) {
        out.line("a = " + both.first() + ";");
        out.line("b = " + both.second() + ";");
    }

    /// Steps to the twiddles of the next chunk.
    private void close() {
        for (int layer = TOP; layer > 0; layer--) {
            out.line("w" + layer + " += COUNT / " + (1 << layer) + " * 4L;");
        }
        out.close();
        out.close();
        out.line("");
    }

    @Override
    public String toString() {
        return transposed
                ? KernelGenerator.file("FftTransposedTail", "The transpose of [FftTail].", out)
                : KernelGenerator.file("FftTail", """
                        The last layers of the circle FFT, on chunks of two vectors: one layer between the vectors and log2(lanes)
                        layers inside them, chunk by chunk in registers. The movements of lanes are explained in [FftLanes].

                        `w4` to `w1` are the twiddles of layers 4 to 1 from the first chunk on; layers above log2(lanes) are not read.
                        The twiddles of layer 0 come from those of layer 1, see [dev.chagres.kernel.CircleTwiddles].""", out);
    }
}
