package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// The words of a statement's program, which works on a product p, a sum s and a stack of such pairs. They begin at 1
/// and 0 for every position; the value is the last s.
public final class StatementWord {
    /// Most words of a program.
    public static final int MOST_WORDS = ChagresCuda.CHG_STATEMENT_WORDS();

    /// Most pairs on the stack.
    public static final int MOST_DEPTH = ChagresCuda.CHG_STATEMENT_DEPTH();

    /// s = s + p.
    public static final int ADD = ChagresCuda.CHG_ADD();

    /// s = s - p.
    public static final int SUBTRACT = ChagresCuda.CHG_SUBTRACT();

    /// Puts (p, s) on the stack; s = 0.
    public static final int OPEN = ChagresCuda.CHG_OPEN();

    /// Takes (p', s') from the stack; p = p' s, s = s'.
    public static final int CLOSE = ChagresCuda.CHG_CLOSE();

    private StatementWord() {}

    /// p = a factor.
    public static int load(int factor) {
        return word(ChagresCuda.CHG_LOAD(), factor);
    }

    /// p = a constant.
    public static int constant(int number) {
        return word(ChagresCuda.CHG_CONSTANT(), number);
    }

    /// p = p times a factor.
    public static int times(int factor) {
        return word(ChagresCuda.CHG_TIMES(), factor);
    }

    /// p = p times a constant.
    public static int scale(int constant) {
        return word(ChagresCuda.CHG_SCALE(), constant);
    }

    private static int word(int operation, int operand) {
        return operation | operand << 8;
    }
}
