package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.List;

/// The multilinear extension of a small explicit table.
public final class TableFactor implements PublicFactor {
    private final String label;
    private final List<Variable> variables;
    private final QM31[] values;

    /// @param values 2^bits entries, the first group lowest
    public TableFactor(String label, List<Variable> variables, QM31[] values) {
        if (values.length != 1 << variables.stream().mapToInt(Variable::bits).sum()) {
            throw new IllegalArgumentException("table of " + label);
        }
        this.label = label;
        this.variables = List.copyOf(variables);
        this.values = values;
    }

    /// Number of entries, all of the cube.
    public int size() {
        return values.length;
    }

    /// Value at position `i` of the cube, the first group lowest.
    public QM31 value(int i) {
        return values[i];
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public List<Variable> variables() {
        return variables;
    }

    @Override
    public QM31 evaluate(Point point) {
        return Eq.evaluate(values, point.flat(variables));
    }
}
