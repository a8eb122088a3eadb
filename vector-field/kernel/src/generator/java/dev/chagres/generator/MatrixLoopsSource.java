package dev.chagres.generator;

/// Source of the register-blocked loops of the integer matrix product.
final class MatrixLoopsSource {
    /// Vectors of doubles in one row of a tile.
    private static final int VECTORS = 2;

    private final Emitter out = new Emitter();

    MatrixLoopsSource() {
        tile(8);
        tile(4);
    }

    private void tile(int rows) {
        out.startMethod();
        out.line("/// " + rows + " rows.");
        out.open("static void tile" + rows + "(long acc, long accStride, double[] w, int from, double[] x, int depth)");
        for (int j = 0; j < rows; j++) {
            for (int t = 0; t < VECTORS; t++) {
                out.line("DoubleVector c" + j + t + " = DoubleVector.zero(D);");
            }
        }
        out.open("for (int k = 0; k < depth; k++)");
        for (int t = 0; t < VECTORS; t++) {
            String place = VECTORS + " * DOUBLES * k" + (t == 0 ? "" : " + DOUBLES");
            out.line("DoubleVector x" + t + " = DoubleVector.fromArray(D, x, " + place + ");");
        }
        for (int j = 0; j < rows; j++) {
            String place = j == 0 ? "from + k" : "from + k + " + j + " * DEPTH";
            out.line("DoubleVector w" + j + " = DoubleVector.broadcast(D, w[" + place + "]);");
            for (int t = 0; t < VECTORS; t++) {
                out.line("c" + j + t + " = w" + j + ".fma(x" + t + ", c" + j + t + ");");
            }
        }
        out.close();
        for (int j = 0; j < rows; j++) {
            for (int t = 0; t < VECTORS; t++) {
                String place = "acc" + (j == 0 ? "" : " + " + j + " * accStride") + (t == 0 ? "" : " + BYTES / 2");
                String old = out.ints("IntVector.fromMemorySegment(H, ALL, " + place + ", ORDER)");
                out.line(old + ".add((IntVector) c" + j + t + ".convertShape(D2I, H, 0)).intoMemorySegment(ALL, " + place + ", ORDER);");
            }
        }
        out.close();
        out.line("");
    }

    @Override
    public String toString() {
        return KernelGenerator.file("MatrixLoops", """
                Tiles of `acc += w x` with integers held in doubles, exact while sums stay below 2^53. The method `tileJ` keeps
                J rows of two vectors of the product in registers over the whole depth, then adds them to the 32-bit integers at
                `acc`, rows `accStride` bytes apart. Rows of w begin at an index and lie DEPTH doubles apart; x is two vectors
                for each step. Both are arrays because C2 hoists their bounds checks out of a counted loop: checks at every
                access of a memory segment took a third of the time.""", out);
    }
}
