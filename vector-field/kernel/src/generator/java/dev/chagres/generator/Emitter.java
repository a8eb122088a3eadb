package dev.chagres.generator;

/// Appends single-assignment statements of Vector API code and names their results.
///
/// Variables are Java names; a field value is one `IntVector` of canonical M31 elements, a 64-bit
/// intermediate one `LongVector` holding the even or the odd lanes. The generated methods refer to the
/// species `I` and `L`, and to the splats `P` (the field order, 32-bit), `P64` (the same in 64-bit lanes), `LOW`
/// (the low 32 bits of a 64-bit lane) and `HIGH` (its complement). Where `TABLES` says that one instruction selects words
/// from two vectors, `EVEN` and `ODD` select those with these numbers.
final class Emitter {
    /// Longest line of a source file.
    private static final int WIDTH = 120;

    private final StringBuilder text = new StringBuilder();
    private String indent = "    ";
    private int next;

    /// Even and odd lanes of one vector, each in 64-bit lanes with a clear upper half (operands of `vpmuludq`),
    /// or two 64-bit sums over the even and the odd lanes.
    record Pair(String even, String odd) {}

    /// Appends a line, broken where it would pass [#WIDTH].
    void line(String line) {
        String rest = (line.isEmpty() ? "" : indent) + line;
        while (rest.length() > WIDTH) {
            int end = breakOf(rest);
            text.append(rest, 0, end).append('\n');
            rest = indent + "        " + rest.substring(end).strip();
        }
        text.append(rest).append('\n');
    }

    /// The end of the part of `line` that stays: before a colon, else after a comma, else before a call.
    private static int breakOf(String line) {
        int colon = line.lastIndexOf(" : ", WIDTH);
        int comma = line.lastIndexOf(", ", WIDTH - 2) + 1;
        int call = line.lastIndexOf(").", WIDTH - 1) + 1;
        return colon > 0 ? colon : comma > 0 ? comma : call;
    }

    void open(String line) {
        line(line + " {");
        indent += "    ";
    }

    void close() {
        indent = indent.substring(4);
        line("}");
    }

    /// Forgets the numbering of temporaries: called once per method.
    void startMethod() {
        next = 0;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    String ints(String expression) {
        return define("IntVector", expression);
    }

    String longs(String expression) {
        return define("LongVector", expression);
    }

    private String define(String type, String expression) {
        String name = "v" + next++;
        line(type + " " + name + " = " + expression + ";");
        return name;
    }

    String load(String address) {
        return ints("IntVector.fromMemorySegment(I, ALL, " + address + ", ORDER)");
    }

    void store(String vector, String address) {
        line(vector + ".intoMemorySegment(ALL, " + address + ", ORDER);");
    }

    /// Adds a vector of 64-bit terms to the one in memory. Sums over a loop are kept there, not in a variable: C2 sees through the
    /// object behind a variable that changes in a loop only when it inlined its calls in a lucky order, and else makes one in each turn.
    void addTo(String address, String term) {
        String old = longs("LongVector.fromMemorySegment(L, ALL, " + address + ", ORDER)");
        store(old + ".add(" + term + ")", address);
    }

    // --- canonical 32-bit arithmetic: unsigned minimum keeps the representative below p ----------------

    String add(String a, String b) {
        return reduceOnce(ints(a + ".add(" + b + ")"));
    }

    /// The canonical form of an unsigned `s` in [0, 2p).
    String reduceOnce(String s) {
        return ints(s + ".lanewise(UMIN, " + s + ".sub(P))");
    }

    String sub(String a, String b) {
        String d = ints(a + ".sub(" + b + ")");
        return ints(d + ".lanewise(UMIN, " + d + ".add(P))");
    }

    /// `p - a`, in [0, p]: p itself for a = 0, which is harmless as a factor.
    String negativeFactor(String a) {
        return ints(a + ".lanewise(XOR, P)");
    }

    // --- products -----------------------------------------------------------------------------------

    Pair split(String a) {
        String wide = longs(a + ".reinterpretAsLongs()");
        return new Pair(longs(wide + ".and(LOW)"), longs(wide + ".lanewise(LSHR, 32)"));
    }

    /// Both halves of twice `a`: a product with it has its quotient by 2^31 in the upper word.
    Pair splitDoubled(String a) {
        return split(ints(a + ".add(" + a + ")"));
    }

    Pair times(Pair a, Pair b) {
        return new Pair(longs(a.even() + ".mul(" + b.even() + ")"), longs(a.odd() + ".mul(" + b.odd() + ")"));
    }

    Pair plus(Pair a, Pair b) {
        return new Pair(longs(a.even() + ".add(" + b.even() + ")"), longs(a.odd() + ".add(" + b.odd() + ")"));
    }

    /// Canonical form of a product one factor of which came from [#splitDoubled(String)].
    String reduceDoubled(Pair x) {
        String low = ints(lowWords(x) + ".lanewise(LSHR, 1)");
        String high = ints("TABLES ? ODD.selectFrom(" + asInts(x) + ")"
                + " : " + x.even() + ".lanewise(LSHR, 32).or(" + x.odd() + ".and(HIGH)).reinterpretAsInts()");
        return add(low, high);
    }

    /// The lower words of both, each in its own lane.
    private String lowWords(Pair x) {
        return ints("TABLES ? EVEN.selectFrom(" + asInts(x) + ")"
                + " : " + x.even() + ".and(LOW).or(" + x.odd() + ".lanewise(LSHL, 32)).reinterpretAsInts()");
    }

    private static String asInts(Pair x) {
        return x.even() + ".reinterpretAsInts(), " + x.odd() + ".reinterpretAsInts()";
    }

    /// A 64-bit `x` to a congruent value below 2^31 + 2^33.
    String foldWide(String x) {
        return longs(x + ".and(P64).add(" + x + ".lanewise(LSHR, 31))");
    }

    Pair foldWide(Pair x) {
        return new Pair(foldWide(x.even()), foldWide(x.odd()));
    }

    /// Canonical form of sums below 2^61: the low 31 bits plus the quotient, together below 2p.
    String reduceFolded(Pair y) {
        String low = ints(lowWords(y) + ".and(P)");
        String twice = y.odd() + ".add(" + y.odd() + ")";
        String high = ints(y.even() + ".lanewise(LSHR, 31).or(" + twice + ".and(HIGH)).reinterpretAsInts()");
        return add(low, high);
    }

    /// Canonical form of any unsigned 64-bit sums.
    String reduceWide(Pair x) {
        return reduceFolded(foldWide(x));
    }
}
