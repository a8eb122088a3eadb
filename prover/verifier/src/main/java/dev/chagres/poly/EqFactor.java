package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.List;

/// eq(at, variables).
public final class EqFactor implements PublicFactor {
    private final List<Variable> variables;
    private final QM31[] at;

    /// @param at one coordinate per variable, first group first
    public EqFactor(List<Variable> variables, QM31... at) {
        if (variables.stream().mapToInt(Variable::bits).sum() != at.length) {
            throw new IllegalArgumentException("eq needs one coordinate per variable");
        }
        this.variables = List.copyOf(variables);
        this.at = at;
    }

    /// Coordinate of variable `i`, counted from the first variable of the first group.
    public QM31 coordinate(int i) {
        return at[i];
    }

    @Override
    public String label() {
        return "eq";
    }

    @Override
    public List<Variable> variables() {
        return variables;
    }

    @Override
    public QM31 evaluate(Point point) {
        return Eq.eval(at, point.flat(variables));
    }
}
