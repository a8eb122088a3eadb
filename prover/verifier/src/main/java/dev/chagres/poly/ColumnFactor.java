package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A committed column with some axes fixed at coordinates and the others bound to sumcheck variables.
///
/// When the sumcheck ends, its value at the final point is sent and becomes a [Claim] on the column.
public final class ColumnFactor implements Factor {
    private final Column column;
    private final Map<String, QM31[]> fixed = new LinkedHashMap<>();
    private final Map<String, Variable> free = new LinkedHashMap<>();

    private ColumnFactor(Column column) {
        this.column = column;
    }

    /// Starts from a column with every axis unbound; bind all of them with [#fix] and [#bind].
    public static ColumnFactor of(Column column) {
        return new ColumnFactor(column);
    }

    /// Fixes an axis at coordinates (bit order).
    public ColumnFactor fix(String axis, QM31... coordinates) {
        if (column.shape().axis(axis).bits() != coordinates.length) {
            throw new IllegalArgumentException("axis " + axis + " of " + column.name());
        }
        fixed.put(axis, coordinates);
        return this;
    }

    /// Binds an axis to a group of sumcheck variables of the same size.
    public ColumnFactor bind(String axis, Variable variable) {
        if (column.shape().axis(axis).bits() != variable.bits()) {
            throw new IllegalArgumentException("axis " + axis + " of " + column.name());
        }
        free.put(axis, variable);
        return this;
    }

    public Column column() {
        return column;
    }

    /// Coordinates of a fixed axis, or null when the axis is free.
    public QM31[] fixed(String axis) {
        return fixed.get(axis);
    }

    /// Variables of a free axis, or null when the axis is fixed.
    public Variable free(String axis) {
        return free.get(axis);
    }

    @Override
    public String label() {
        return column.name();
    }

    @Override
    public List<Variable> variables() {
        List<Variable> result = new ArrayList<>();
        for (List<Axis> axes : List.of(column.shape().lowAxes(), column.shape().highAxes())) {
            for (Axis a : axes) {
                if (free.containsKey(a.name())) {
                    result.add(free.get(a.name()));
                } else if (!fixed.containsKey(a.name())) {
                    throw new IllegalStateException("axis " + a.name() + " of " + column.name() + " is not bound");
                }
            }
        }
        return result;
    }

    /// The claim that the column has `value` at the end of the sumcheck.
    public Claim claim(Point end, QM31 value) {
        Map<String, QM31[]> coordinates = new LinkedHashMap<>(fixed);
        free.forEach((axis, variable) -> coordinates.put(axis, end.of(variable.name())));
        return new Claim(column, TilePoint.of(column.shape(), coordinates), value);
    }
}
