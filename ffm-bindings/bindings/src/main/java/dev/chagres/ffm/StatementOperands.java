package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_factor;
import java.lang.foreign.MemorySegment;

/// A symbolic statement on a device: a program over tables of factors, whose variables are bound from the top one down.
/// A factor that depends on a set of variables is a table over them, in their order.
///
/// @param tables ext array that all tables are parts of
/// @param elements how many it has
/// @param factors descriptions, [#FACTOR_BYTES] each, as [#describe] writes them
/// @param count of factors
/// @param program words of [StatementWord]
/// @param words how many
/// @param constants field elements of 16 bytes; null when there are none
/// @param constantCount how many
/// @param weight number of the factor that multiplies the body and is summed out, or -1
public record StatementOperands(DeviceBuffer tables, long elements, DeviceBuffer factors, int count,
        DeviceBuffer program, int words, DeviceBuffer constants, int constantCount, int weight) {
    /// Bytes of a description.
    public static final int FACTOR_BYTES = (int) chg_factor.sizeof();

    /// Most factors of a statement.
    public static final int MOST_FACTORS = ChagresCuda.CHG_STATEMENT_FACTORS();

    /// Most variables of a statement.
    public static final int MOST_VARIABLES = ChagresCuda.CHG_MAX_VARIABLES();

    /// Most points of a round.
    public static final int MOST_POINTS = ChagresCuda.CHG_ROUND_POINTS();

    /// The variables of a table whose factor depends on `variables`: those, and where they are in more runs of
    /// neighbours than a description holds, those of the narrowest gaps, along which the table repeats itself.
    public static int stored(int variables) {
        int result = variables;
        while (runs(result) > ChagresCuda.CHG_FACTOR_RUNS()) {
            result |= narrowestGap(result);
        }
        return result;
    }

    /// How many runs of neighbouring variables a set has.
    private static int runs(int set) {
        return Integer.bitCount(set & ~(set << 1));
    }

    private static int narrowestGap(int set) {
        int best = 0;
        for (int rest = ~set & ~(Integer.lowestOneBit(set) - 1); rest != 0; ) {
            int run = lowestRun(rest);
            rest &= ~run;
            if (rest != 0 && (best == 0 || Integer.bitCount(run) < Integer.bitCount(best))) {
                best = run;
            }
        }
        return best;
    }

    /// The lowest neighbours of a set that is not empty.
    private static int lowestRun(int set) {
        return set & ~(set + Integer.lowestOneBit(set));
    }

    /// Writes the description of a factor.
    ///
    /// @param to memory of all descriptions
    /// @param number of the factor
    /// @param first element of `tables` where its table begins, a multiple of 16
    /// @param variables that the factor depends on, as a set; those of the table are [#stored]
    public static void describe(MemorySegment to, int number, long first, int variables) {
        MemorySegment factor = chg_factor.asSlice(to, number);
        factor.fill((byte) 0);
        chg_factor.first(factor, first);
        chg_factor.variables(factor, variables);
        int n = 0;
        int below = 0;
        for (int rest = stored(variables); rest != 0; n++) {
            int run = lowestRun(rest);
            chg_factor.mask(factor, n, run);
            chg_factor.shift(factor, n, Integer.numberOfTrailingZeros(run) - below);
            below += Integer.bitCount(run);
            rest &= ~run;
        }
        chg_factor.runs(factor, n);
    }
}
