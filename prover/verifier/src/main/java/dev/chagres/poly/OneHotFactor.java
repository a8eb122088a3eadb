package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.List;

/// `eq(at, rows)` where the index is the one that committed bits name for the row, 0 elsewhere: summed against a
/// tensor it reads one element of every row.
///
/// Bit b of a row's index is the lowest bit of `bits[b]` there. As a polynomial it has the rows of absent tiles too:
/// their bits are 0, as of every column that has no tile there.
public final class OneHotFactor implements DerivedFactor {
    private final String label;
    private final List<Variable> rows;
    private final List<Variable> index;
    private final List<Column> bits;
    private final QM31[] at;

    /// @param rows groups of the rows: names and sizes of the axes of every bit column, low axes first
    /// @param index groups of the index, lowest first
    /// @param bits one column for each variable of the index
    /// @param at one coordinate for each variable of the rows
    /// @throws IllegalArgumentException if they do not fit
    public OneHotFactor(String label, List<Variable> rows, List<Variable> index, List<Column> bits, QM31... at) {
        if (bits.size() != size(index) || at.length != size(rows)) {
            throw new IllegalArgumentException(label + " needs one column for each of " + size(index)
                    + " index variables and one coordinate for each of " + size(rows) + " row variables");
        }
        for (Column c : bits) {
            if (!axes(c).equals(rows)) {
                throw new IllegalArgumentException(label + ": the axes of " + c + " are not the rows " + rows);
            }
        }
        this.label = label;
        this.rows = List.copyOf(rows);
        this.index = List.copyOf(index);
        this.bits = List.copyOf(bits);
        this.at = at;
    }

    private static int size(List<Variable> groups) {
        return groups.stream().mapToInt(Variable::bits).sum();
    }

    private static List<Variable> axes(Column column) {
        List<Variable> result = new ArrayList<>();
        for (List<Axis> axes : List.of(column.shape().lowAxes(), column.shape().highAxes())) {
            axes.forEach(a -> result.add(Variable.of(a)));
        }
        return result;
    }

    /// Number of variables of the rows, which come first in [#variables()].
    public int rowBits() {
        return at.length;
    }

    /// Coordinate of row variable `i`, counted from the first variable of the first group.
    public QM31 coordinate(int i) {
        return at[i];
    }

    /// The columns of the index, lowest bit first; their axes are the groups of the rows.
    public List<Column> bits() {
        return bits;
    }

    @Override
    public String label() {
        return label;
    }

    /// The groups of the rows, then those of the index.
    @Override
    public List<Variable> variables() {
        List<Variable> result = new ArrayList<>(rows);
        result.addAll(index);
        return result;
    }
}
