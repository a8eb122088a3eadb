package dev.chagres.generator;

/// Source of the compression function of BLAKE3 (section 2.2 of the paper) with one message in each lane.
final class Blake3LoopsSource {
    /// Word k of the message of the next round is this word of the present one.
    private static final int[] PERMUTATION = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

    private final Emitter out = new Emitter();

    Blake3LoopsSource() {
        out.line("/// Compresses one block of every lane of `groups` groups into the chaining values.");
        out.line("///");
        out.line("/// @param cv chaining values, [Blake3Lanes#CV] bytes a group, replaced");
        out.line("/// @param words transposed message blocks, [Blake3Lanes#MESSAGE] bytes a group");
        out.line("/// @param counter chunk number, 0 for parents");
        out.line("/// @param blockLength bytes of the block that are message");
        out.open("static void compress(long cv, long words, long groups, long counter, int blockLength, int flags)");
        out.line("IntVector counterLow = IntVector.broadcast(I, (int) counter);");
        out.line("IntVector counterHigh = IntVector.broadcast(I, (int) (counter >>> 32));");
        out.line("IntVector length = IntVector.broadcast(I, blockLength);");
        out.line("IntVector flag = IntVector.broadcast(I, flags);");
        out.open("for (long g = 0; g != groups; g++)");
        out.line("long at = cv + g * Blake3Lanes.CV & ADDRESS;");
        out.line("long message = words + g * Blake3Lanes.MESSAGE & ADDRESS;");
        state();
        out.open("for (int round = 0; round < 7; round++)");
        round();
        out.close();
        for (int k = 0; k < 8; k++) {
            out.store("v" + k + ".lanewise(XOR, v" + (k + 8) + ")", place("at", k));
        }
        out.close();
        out.close();
    }

    private void state() {
        for (int k = 0; k < 16; k++) {
            vector("m" + k, "fromMemorySegment(I, ALL, " + place("message", k) + ", ORDER)");
        }
        for (int k = 0; k < 8; k++) {
            vector("v" + k, "fromMemorySegment(I, ALL, " + place("at", k) + ", ORDER)");
        }
        for (int k = 0; k < 4; k++) {
            vector("v" + (k + 8), "broadcast(I, Blake3Compression.iv(" + k + "))");
        }
        String[] last = {"counterLow", "counterHigh", "length", "flag"};
        for (int k = 0; k < 4; k++) {
            out.line("IntVector v" + (k + 12) + " = " + last[k] + ";");
        }
    }

    private void vector(String name, String call) {
        out.line("IntVector " + name + " = IntVector." + call + ";");
    }

    private void round() {
        out.line("// columns");
        quarters(0, 0);
        out.line("// diagonals");
        quarters(1, 8);
        out.line("// the message permutation, cycle by cycle");
        boolean[] done = new boolean[16];
        for (int first = 0; first < 16; first++) {
            if (!done[first]) {
                out.line("IntVector t" + first + " = m" + first + ";");
                for (int k = first; !done[k]; k = PERMUTATION[k]) {
                    done[k] = true;
                    out.line("m" + k + " = " + (PERMUTATION[k] == first ? "t" : "m") + PERMUTATION[k] + ";");
                }
            }
        }
    }

    /// Four quarter rounds side by side: row r of the state turned by r `turn` words.
    private void quarters(int turn, int message) {
        half(turn, message, 16, 12);
        half(turn, message + 1, 8, 7);
    }

    private void half(int turn, int message, int first, int second) {
        for (int k = 0; k < 4; k++) {
            out.line(v(0, k, turn) + " = " + v(0, k, turn) + ".add(" + v(1, k, turn) + ").add(m" + (message + 2 * k) + ");");
        }
        rotate(3, 0, turn, first);
        for (int k = 0; k < 4; k++) {
            out.line(v(2, k, turn) + " = " + v(2, k, turn) + ".add(" + v(3, k, turn) + ");");
        }
        rotate(1, 2, turn, second);
    }

    private void rotate(int row, int by, int turn, int bits) {
        for (int k = 0; k < 4; k++) {
            String v = v(row, k, turn);
            out.line(v + " = " + v + ".lanewise(XOR, " + v(by, k, turn) + ").lanewise(ROR, " + bits + ");");
        }
    }

    /// The word of row `row` that belongs to quarter round `k`.
    private static String v(int row, int k, int turn) {
        return "v" + (4 * row + (k + row * turn) % 4);
    }

    private static String place(String address, int k) {
        return k == 0 ? address : address + " + " + k + " * BYTES";
    }

    @Override
    public String toString() {
        return KernelGenerator.file("Blake3Loops", """
                The compression function of BLAKE3 (scalar twin [dev.chagres.hash.Blake3Compression]) with one message in each
                lane.

                The seven rounds are a loop whose body is written out; between rounds the sixteen message words change names,
                so that nothing is indexed. 32 vectors are live, exactly the registers of AVX-512.""", out);
    }
}
