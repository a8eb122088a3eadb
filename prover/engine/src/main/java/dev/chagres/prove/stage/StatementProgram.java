package dev.chagres.prove.stage;

import dev.chagres.poly.Factor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The sum of a symbolic statement as data. Every [Factor] is a description, sealed down to its kinds, of which
/// whoever holds the columns makes the table where they are: an equality, few entries, a small table, a column at a
/// partly fixed point, or what committed bits select ([dev.chagres.poly.OneHotFactor]).
///
/// @param statement its variables are numbered from the lowest bit of the first one
/// @param factors by number
/// @param body the expression in these numbers, without the weight
/// @param weight number of the equality that multiplies the whole body, or -1
public record StatementProgram(Statement statement, List<Factor> factors, TermSum body, int weight) {
    /// Position in the statement of every variable of a factor, in the factor's own order.
    ///
    /// @throws IllegalArgumentException if a variable comes twice: such a factor is not multilinear
    public int[] positions(Factor factor) {
        return positions(statement, factor);
    }

    /// The same for a statement that is no program yet.
    public static int[] positions(Statement statement, Factor factor) {
        Map<String, Integer> offsets = new HashMap<>();
        int at = 0;
        for (Variable v : statement.variables()) {
            offsets.put(v.name(), at);
            at += v.bits();
        }
        int[] result = new int[factor.variables().stream().mapToInt(Variable::bits).sum()];
        long seen = 0;
        int n = 0;
        for (Variable v : factor.variables()) {
            for (int i = 0; i < v.bits(); i++) {
                int position = offsets.get(v.name()) + i;
                if ((seen >>> position & 1) == 1) {
                    throw new IllegalArgumentException(
                            "factor " + factor.label() + " has variable " + v.name() + " twice");
                }
                seen |= 1L << position;
                result[n++] = position;
            }
        }
        return result;
    }
}
