package dev.chagres.poly;

import java.util.Arrays;
import java.util.List;

/// "`expression` summed over the Boolean cube of `variables` equals a claimed value."
///
/// Rounds bind the last variable of the last group first; the final point lists the first group first. A round of
/// degree D sends the values of the round polynomial at 0, 2, 3, ..., D; its value at 1 follows from the claim.
///
/// @param variables all groups, lowest first
/// @param expression over factors whose groups are among `variables`
public record Statement(List<Variable> variables, Expression expression) {
    public Statement {
        for (Factor f : expression.factors()) {
            if (!variables.containsAll(f.variables())) {
                throw new IllegalArgumentException("factor " + f.label() + " has a foreign variable");
            }
        }
    }

    /// Number of rounds.
    public int bits() {
        return variables.stream().mapToInt(Variable::bits).sum();
    }

    /// Degrees of all rounds, by [#degree(int)]: the expression is walked once for each group of variables.
    public int[] degrees() {
        int[] degrees = new int[bits()];
        int at = 0;
        for (Variable v : variables) {
            if (v.bits() > 0) {
                Arrays.fill(degrees, at, at + v.bits(), Math.max(1, expression.degree(v.name())));
                at += v.bits();
            }
        }
        return degrees;
    }

    /// Degree of the round that binds variable `index` (0 = lowest), at least 1.
    public int degree(int index) {
        int end = 0;
        for (Variable v : variables) {
            end += v.bits();
            if (index < end) {
                return Math.max(1, expression.degree(v.name()));
            }
        }
        throw new IndexOutOfBoundsException("variable " + index);
    }
}
