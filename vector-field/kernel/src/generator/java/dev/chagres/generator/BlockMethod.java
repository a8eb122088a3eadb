package dev.chagres.generator;

import java.util.ArrayList;
import java.util.List;

/// Writes a loop over blocks of sixteen elements as two methods: the loop itself, for a few blocks, and one that calls it
/// on piece after piece.
///
/// Short calls are for the compiler. A long loop passes the threshold for compilation in the middle of a call, and is then
/// compiled twice, once for that entry (which takes longer and gives worse code); it also spends longer in the
/// interpreter, where one block takes tens of microseconds, before it has been called often enough.
final class BlockMethod {
    private final Emitter out;

    /// Opens the loop. In its body `i` is the offset of a vector in ext arrays and `j` that in base arrays.
    ///
    /// @param parameters "ext a" and "base a" are addresses of arrays, anything else is a Java declaration
    /// @param before writes what precedes the loop
    BlockMethod(Emitter out, String name, String comment, Runnable before, String... parameters) {
        this.out = out;
        List<String> declarations = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (String parameter : parameters) {
            String type = parameter.substring(0, parameter.lastIndexOf(' '));
            String variable = parameter.substring(parameter.lastIndexOf(' ') + 1);
            boolean array = type.equals("ext") || type.equals("base");
            if (!type.equals("QM31")) {
                addresses.add(variable);
            }
            declarations.add((array ? "long" : type) + " " + variable);
            arguments.add(switch (type) {
                case "ext" -> variable + " + 256 * from";
                case "base" -> variable + " + 64 * from";
                default -> variable;
            });
        }
        String list = String.join(", ", declarations);
        out.startMethod();
        comment.lines().forEach(line -> out.line("/// " + line));
        out.open("static void " + name + "(" + list + ", long blocks)");
        out.open("for (long from = 0; from < blocks; from += CALL_BLOCKS)");
        out.line(name + "Blocks(" + String.join(", ", arguments) + ", Math.min(CALL_BLOCKS, blocks - from));");
        out.close();
        out.close();
        out.line("");
        out.open("private static void " + name + "Blocks(" + list + ", long blocks)");
        KernelGenerator.addresses(out, addresses);
        before.run();
        out.open("for (long at = 0; at != blocks * 64; at += BYTES)");
        out.line("long j = at & OFFSET;");
        out.line("long i = BYTES == 64 ? 4 * j : (j & -64) * 4 + (j & 63);");
    }

    /// Closes the loop and the method.
    void close() {
        out.close();
        out.close();
        out.line("");
    }
}
