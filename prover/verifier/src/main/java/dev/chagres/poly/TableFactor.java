package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import java.util.List;

/// The multilinear extension of a small explicit table.
public final class TableFactor extends PublicFactor {
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

    @Override
    public void table(Sink sink) {
        for (int i = 0; i < values.length; i++) {
            sink.add(i, values[i]);
        }
    }
}
