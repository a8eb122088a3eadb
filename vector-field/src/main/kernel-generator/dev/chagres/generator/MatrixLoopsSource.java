package dev.chagres.generator;

/// Source of the register-blocked loops of the integer matrix product.
final class MatrixLoopsSource {
    private final Emitter out = new Emitter();

    MatrixLoopsSource() {
        tile(4, 4);
        tile(4, 2);
        tile(4, 1);
        tile(1, 1);
    }

    private void tile(int rows, int vectors) {
        out.startMethod();
        out.line("/// " + rows + " rows, " + vectors + " vectors wide.");
        out.open("static void tile" + rows + "x" + vectors
                + "(long acc, long accStride, long w, long wStride, long x, long xStride, long depth)");
        for (int j = 0; j < rows; j++) {
            for (int t = 0; t < vectors; t++) {
                out.line("IntVector c" + j + t + " = IntVector.fromMemorySegment(I, ALL, " + place(j, t) + ", ORDER);");
            }
        }
        out.open("for (long end = w + 2 * depth; w != end; w += 2, x += xStride)");
        for (int t = 0; t < vectors; t++) {
            out.line("IntVector x" + t + " = IntVector.fromMemorySegment(I, ALL, x + " + t + " * BYTES, ORDER);");
        }
        for (int j = 0; j < rows; j++) {
            out.line("IntVector w" + j + " = IntVector.broadcast(I, ALL.get(ValueLayout.JAVA_SHORT, w + " + j + " * wStride));");
            for (int t = 0; t < vectors; t++) {
                out.line("c" + j + t + " = c" + j + t + ".add(w" + j + ".mul(x" + t + "));");
            }
        }
        out.close();
        for (int j = 0; j < rows; j++) {
            for (int t = 0; t < vectors; t++) {
                out.store("c" + j + t, place(j, t));
            }
        }
        out.close();
        out.line("");
    }

    private static String place(int j, int t) {
        return "acc + " + j + " * accStride + " + t + " * BYTES";
    }

    @Override
    public String toString() {
        return KernelGenerator.file("MatrixLoops", """
                Tiles of `acc += w x` with 16-bit weights and 32-bit activations. The method `tileJxT` keeps J rows of T vectors
                in registers over the whole depth. Strides are in bytes.""", out);
    }
}
