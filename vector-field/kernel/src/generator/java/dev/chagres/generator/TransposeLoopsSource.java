package dev.chagres.generator;

import java.util.List;

/// Source of the transposes of 32-bit words: exchanges of one bit of the vector's number with one bit of the lane.
final class TransposeLoopsSource {
    private final Emitter out = new Emitter();

    TransposeLoopsSource() {
        open("square16", "long dst, long src, long stride",
                "Sixteen vectors at distance `stride` to sixteen one after another.");
        tables(3, 4);
        store(exchanged(load(16, "stride"), 3), "64");

        open("square8", "long dst, long src, long stride",
                "Eight vectors at distance `stride` to eight vectors one after another.");
        tables(2, 3);
        store(exchanged(load(8, "stride"), 2), "32");

        open("square4", "long dst, long dstStride, long src, long stride", "Four vectors.");
        tables(1, 2);
        store(exchanged(load(4, "stride"), 1), "dstStride");

        open("digests16", "long dst, long src", """
                Eight vectors of sixteen words to sixteen rows of eight words. The number of a word vector (bits w2 w1 w0)
                and its lane (l3 l2 l1 l0) become vector l3 l2 l1 and lane l0 w2 w1 w0: three exchanges and a rotation.""");
        tables(3, 3);
        out.line("IntVector rotate = IntVector.fromArray(I, Transpose.ROTATE, 0);");
        String[] rows = exchanged(load(8, "64"), 3);
        for (int k = 0; k < rows.length; k++) {
            rows[k] = out.ints("rotate.selectFrom(" + rows[k] + ")");
        }
        store(rows, "64");
    }

    private void open(String name, String parameters, String comment) {
        out.startMethod();
        comment.lines().forEach(line -> out.line("/// " + line));
        out.open("static void " + name + "(" + parameters + ")");
        KernelGenerator.addresses(out, List.of("dst", "src"));
    }

    /// The index vectors of `bits` bits of the lane, from bit `lane` downwards. They come before everything else: where a
    /// bounds check of an array can fail, the compiler must be able to rebuild every vector that is live.
    private void tables(int lane, int bits) {
        for (int i = lane; i > lane - bits; i--) {
            out.line("IntVector low" + i + " = IntVector.fromArray(I, Transpose.LOW[" + i + "], 0);");
            out.line("IntVector high" + i + " = IntVector.fromArray(I, Transpose.HIGH[" + i + "], 0);");
        }
    }

    private String[] load(int vectors, String stride) {
        String[] v = new String[vectors];
        for (int k = 0; k < vectors; k++) {
            v[k] = out.load(place("src", stride, k));
        }
        return v;
    }

    /// Exchanges the bits of the number of a vector, from the highest, with bit `lane` of the lane and those below it.
    private String[] exchanged(String[] v, int lane) {
        int bits = Integer.numberOfTrailingZeros(v.length);
        for (int step = 1; step <= bits; step++) {
            int bit = 1 << bits - step;
            int i = lane + 1 - step;
            out.line("// vector bit " + (bits - step) + " with lane bit " + i);
            String[] next = new String[v.length];
            for (int k = 0; k < v.length; k++) {
                if ((k & bit) == 0) {
                    String pair = ".selectFrom(" + v[k] + ", " + v[k + bit] + ")";
                    next[k] = out.ints("low" + i + pair);
                    next[k + bit] = out.ints("high" + i + pair);
                }
            }
            v = next;
        }
        return v;
    }

    private void store(String[] v, String stride) {
        for (int k = 0; k < v.length; k++) {
            out.store(v[k], place("dst", stride, k));
        }
        out.close();
        out.line("");
    }

    private static String place(String address, String stride, int k) {
        return k == 0 ? address : address + " + " + k + " * " + stride;
    }

    @Override
    public String toString() {
        return KernelGenerator.file("TransposeLoops", """
                The squares that [Transpose] is made of. A method is called only where the width matches its name.""", out);
    }
}
