package dev.chagres.generator;

import java.util.List;

/// Source of the compression function of BLAKE3 (section 2.2 of the paper) with one message in each lane.
final class Blake3LoopsSource {
    private final Emitter out = new Emitter();

    Blake3LoopsSource() {
        out.line("/// Compresses one block of every lane of `groups` groups into the chaining values.");
        out.line("///");
        out.line("/// @param cv chaining values, [Blake3Lanes#CV] bytes a group, replaced");
        out.line("/// @param words transposed message blocks, [Blake3Lanes#MESSAGE] bytes a group");
        out.line("/// @param lower working memory for the lower halves of the states, as large as `cv`");
        out.line("/// @param counter chunk number, 0 for parents");
        out.line("/// @param blockLength bytes of the block that are message");
        out.open("static void compress(long cv, long words, long lower, long groups, long counter, int blockLength, int flags)");
        out.line("long bytes = groups * Blake3Lanes.CV;");
        out.line("start(lower, bytes, counter, blockLength, flags);");
        out.open("for (int word = 0; word < 7 * 16; word += 16)");
        out.line("columns(cv, lower, words, bytes, word);");
        out.line("diagonals(cv, lower, words, bytes, word + 8);");
        out.close();
        out.line("finish(cv, lower, bytes);");
        out.close();
        out.line("");
        start();
        quarters("columns", 0);
        quarters("diagonals", 1);
        finish();
    }

    private void start() {
        out.open("private static void start(long lower, long bytes, long counter, int blockLength, int flags)");
        String[] start = {"Blake3Compression.iv(0)", "Blake3Compression.iv(1)", "Blake3Compression.iv(2)", "Blake3Compression.iv(3)",
            "(int) counter", "(int) (counter >>> 32)", "blockLength", "flags"};
        openGroups("lower");
        for (int k = 0; k < 8; k++) {
            out.store("IntVector.broadcast(I, " + start[k] + ")", state(k + 8));
        }
        close();
        out.line("");
    }

    private void finish() {
        out.open("private static void finish(long upper, long lower, long bytes)");
        openGroups("upper", "lower");
        for (int k = 0; k < 8; k++) {
            out.store(load(state(k)) + ".lanewise(XOR, " + load(state(k + 8)) + ")", state(k));
        }
        close();
    }

    private void openGroups(String... addresses) {
        KernelGenerator.addresses(out, List.of(addresses));
        out.open("for (long g = 0; g != bytes; g += Blake3Lanes.CV)");
        out.line("long i = g & OFFSET;");
    }

    private void close() {
        out.close();
        out.close();
    }

    /// Four quarter rounds side by side: row r of the state turned by r `turn` words.
    private void quarters(String name, int turn) {
        out.line("/// @param word of the schedule that comes first");
        out.open("private static void " + name + "(long upper, long lower, long message, long bytes, int word)");
        openGroups("upper", "lower", "message");
        for (int k = 0; k < 16; k++) {
            out.line("IntVector v" + k + " = " + load(state(k)) + ";");
        }
        half(turn, 0, 16, 12);
        half(turn, 1, 8, 7);
        for (int k = 0; k < 16; k++) {
            out.store("v" + k, state(k));
        }
        close();
        out.line("");
    }

    private void half(int turn, int message, int first, int second) {
        for (int k = 0; k < 4; k++) {
            String word = load("message + 2 * i + Blake3Lanes.SCHEDULE[word + " + (message + 2 * k) + "]");
            out.line(v(0, k, turn) + " = " + v(0, k, turn) + ".add(" + v(1, k, turn) + ").add(" + word + ");");
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

    private static String load(String address) {
        return "IntVector.fromMemorySegment(I, ALL, " + address + ", ORDER)";
    }

    /// The place of word `k` of the state.
    private static String state(int k) {
        return place(k < 8 ? "upper + i" : "lower + i", k % 8);
    }

    private static String place(String address, int k) {
        return k == 0 ? address : address + " + " + k + " * BYTES";
    }

    @Override
    public String toString() {
        return KernelGenerator.file("Blake3Loops", """
                The compression function of BLAKE3 (scalar twin [dev.chagres.hash.Blake3Compression]) with one message in each
                lane.

                Between halves of a round the states lie in memory, in the first-level cache: vectors in variables that change in a
                loop may become objects (see the generator's `addTo`), and a whole round is too much for C1. Groups take turns so
                that one computes while another waits for its memory.""", out);
    }
}
