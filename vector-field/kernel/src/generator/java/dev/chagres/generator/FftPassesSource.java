package dev.chagres.generator;

import dev.chagres.generator.ButterflyEmitter.Both;
import dev.chagres.generator.Emitter.Pair;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Source of the passes of the circle FFT, one or two layers at once, or of their transposes.
///
/// A pass of n layers works on blocks of 2^n parts. Layer l, counted from the outermost, has 2^l twiddles a block, each for
/// as many pairs of parts, 2^(n-1-l) parts apart. The transform goes from the outermost layer inwards, its transpose
/// outwards.
final class FftPassesSource {
    private final Emitter out = new Emitter();
    private final boolean transposed;
    private final ButterflyEmitter butterfly;
    /// The arrays that a pass walks through: from one to the other, or in place.
    private final List<String> arrays;

    FftPassesSource(boolean transposed) {
        this.transposed = transposed;
        this.butterfly = new ButterflyEmitter(out, transposed);
        this.arrays = transposed ? List.of("data") : List.of("dst", "src");
        pass("one", "half", """
                One layer: in each of `blocks` blocks of `2 half` bytes, (a, b) at distance `half` to (a + t b, a - t b),
                t from consecutive `twiddles`. From `src` to `dst`, which may be equal.""", "twiddles");
        pass("two", "quarter", """
                Two layers at once: blocks of `4 quarter` bytes; `outer` twiddles for distance `2 quarter`, one for each
                block, `inner` twiddles for distance `quarter`, two for each block. `dst` may be `src`.""", "outer", "inner");
        if (transposed) {
            add();
        }
    }

    /// A method that cuts the work into short calls, and the loop that it calls.
    private void pass(String name, String distance, String comment, String... twiddles) {
        comment = transposed ? "The transpose of [FftPasses#" + name + "], in place." : comment;
        comment.lines().forEach(line -> out.line("/// " + line));
        int parts = 1 << twiddles.length;
        out.open("static void " + name + "(" + declare(arrays) + ", long " + distance + ", long blocks, "
                + declare(List.of(twiddles)) + ")");
        out.line("long part = Math.min(" + distance + ", CALL_BYTES);");
        out.line("long group = CALL_BYTES / part;");
        out.open("for (long b = 0; b < blocks; b += group)");
        out.open("for (long at = " + parts + " * " + distance + " * b, end = at + " + distance + "; at < end; at += part)");
        Stream<String> moved = IntStream.range(0, twiddles.length).mapToObj(l -> twiddles[l] + " + " + (4 << l) + " * b");
        out.line(name + "Call(" + list(arrays.stream().map(array -> array + " + at")) + ", " + distance
                + ", part, Math.min(group, blocks - b), " + list(moved) + ");");
        out.close();
        out.close();
        out.close();
        out.line("");
        loop(name, distance, twiddles);
    }

    private void loop(String name, String distance, String[] twiddles) {
        out.startMethod();
        int parts = 1 << twiddles.length;
        String last = arrays.getLast();
        out.line("/// The first `part` bytes of each " + distance + ".");
        out.open("private static void " + name + "Call(" + declare(arrays) + ", long " + distance + ", long part, long blocks, "
                + declare(List.of(twiddles)) + ")");
        out.line(distance + " &= OFFSET;");
        KernelGenerator.splats(out, ButterflyEmitter.SPLATS);
        out.open("for (long end = " + last + " + " + parts + " * " + distance + " * blocks; " + last + " != end;)");
        Pair[][] t = new Pair[twiddles.length][];
        for (int l = 0; l < t.length; l++) {
            t[l] = new Pair[1 << l];
            for (int k = 0; k < t[l].length; k++) {
                t[l][k] = butterfly.splat(twiddles[l] + (k == 0 ? "" : " + " + 4 * k));
            }
        }
        out.open("for (long stop = " + last + " + part; " + last + " != stop; "
                + list(arrays.stream().map(array -> array + " += BYTES")) + ")");
        arrays.forEach(array -> out.line("long " + array + "At = " + array + " & ADDRESS;"));
        String[] v = new String[parts];
        for (int k = 0; k < parts; k++) {
            v[k] = out.load(place(arrays.getLast(), distance, k));
        }
        for (int l = 0; l < t.length; l++) {
            layer(v, t[transposed ? t.length - 1 - l : l]);
        }
        for (int k = 0; k < parts; k++) {
            out.store(v[k], place(arrays.getFirst(), distance, k));
        }
        out.close();
        for (String array : arrays) {
            out.line(array + " += " + parts + " * " + distance + " - part;");
        }
        for (int l = 0; l < t.length; l++) {
            out.line(twiddles[l] + " += " + (4 << l) + ";");
        }
        out.close();
        out.close();
        out.line("");
    }

    /// One layer on the parts of a block.
    private void layer(String[] v, Pair[] twiddles) {
        int apart = v.length / 2 / twiddles.length;
        for (int k = 0; k < v.length; k++) {
            if ((k & apart) == 0) {
                Both both = butterfly.apply(v[k], v[k + apart], twiddles[k / 2 / apart]);
                v[k] = both.first();
                v[k + apart] = both.second();
            }
        }
    }

    private void add() {
        out.startMethod();
        out.line("/// `dst[i] += src[i]` over `bytes` bytes, a whole number of vectors.");
        out.open("static void add(long dst, long src, long bytes)");
        out.open("for (long at = 0; at < bytes; at += CALL_BYTES)");
        out.line("addCall(dst + at, src + at, Math.min(CALL_BYTES, bytes - at));");
        out.close();
        out.close();
        out.line("");
        out.open("private static void addCall(long dst, long src, long bytes)");
        KernelGenerator.splats(out, "P");
        out.open("for (long end = src + bytes; src != end; src += BYTES, dst += BYTES)");
        out.store(out.add(out.load("src"), out.load("dst")), "dst");
        out.close();
        out.close();
        out.line("");
    }

    private static String place(String array, String distance, int k) {
        return array + "At" + (k == 0 ? "" : " + " + (k == 1 ? "" : k + " * ") + distance);
    }

    private static String declare(List<String> names) {
        return list(names.stream().map(name -> "long " + name));
    }

    private static String list(Stream<String> parts) {
        return parts.collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return transposed
                ? KernelGenerator.file("FftTransposedPasses", """
                        The transposes of [FftPasses]: (u, v) to (u + v, t (u - v)), in place.""", out)
                : KernelGenerator.file("FftPasses", """
                        Layers of the circle FFT whose strides are whole vectors, each a loop over blocks with one twiddle per block
                        and layer in every lane. All arrays are canonical M31. Measured costs are with [VectorFftKernels].""", out);
    }
}
