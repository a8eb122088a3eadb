package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A committed column with some axes fixed at coordinates and the others bound to sumcheck variables. A low axis may be
/// bound in its lower coordinates and fixed in the rest; a high axis may be cut to its first positions.
///
/// When the sumcheck ends, its value at the final point is sent and becomes a [Claim] on the column.
public final class ColumnFactor implements Factor {
    private final Column column;
    private final Map<String, QM31[]> fixed = new LinkedHashMap<>();
    private final Map<String, Variable> free = new LinkedHashMap<>();
    /// Positions that count, of free high axes that are cut.
    private final Map<String, Integer> counts = new LinkedHashMap<>();

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

    /// Binds the lower coordinates of a low axis and fixes those above: with zeros, the beginning of the axis.
    ///
    /// @param above coordinates (bit order), for the bits that the variable lacks
    public ColumnFactor bindLower(String axis, Variable variable, QM31... above) {
        Axis a = column.shape().axis(axis);
        if (!a.low() || a.bits() != variable.bits() + above.length) {
            throw new IllegalArgumentException("axis " + axis + " of " + column.name());
        }
        free.put(axis, variable);
        fixed.put(axis, above);
        return this;
    }

    /// Binds a high axis of which only the first positions count: the polynomial is 0 at all others.
    ///
    /// @param variable no larger than the axis
    /// @param count at most the positions of the axis, and of the variable
    public ColumnFactor bindFirst(String axis, Variable variable, int count) {
        Axis a = column.shape().axis(axis);
        if (a.low() || variable.bits() > a.bits() || count < 1 || count > Math.min(a.count(), 1 << variable.bits())) {
            throw new IllegalArgumentException("axis " + axis + " of " + column.name());
        }
        free.put(axis, variable);
        counts.put(axis, count);
        return this;
    }

    public Column column() {
        return column;
    }

    /// Coordinates of a low axis (bit order), null where it is free.
    public QM31[] coordinates(Axis axis) {
        QM31[] given = fixed.getOrDefault(axis.name(), new QM31[0]);
        QM31[] result = new QM31[axis.bits()];
        System.arraycopy(given, 0, result, result.length - given.length, given.length);
        return result;
    }

    /// Coordinates of a fixed axis, or null when the axis, or a part of it, is free.
    public QM31[] fixed(String axis) {
        return free.containsKey(axis) ? null : fixed.get(axis);
    }

    /// Variables of a free axis, or null when the axis is fixed.
    public Variable free(String axis) {
        return free.get(axis);
    }

    /// Positions of a free high axis that count, from the first on.
    public int count(Axis axis) {
        return counts.getOrDefault(axis.name(), axis.count());
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
    public Claim claim(Point end, PrivateValue value) {
        Shape shape = column.shape();
        Map<String, QM31[]> low = new LinkedHashMap<>();
        for (Axis a : shape.lowAxes()) {
            QM31[] coordinates = coordinates(a);
            if (free.containsKey(a.name())) {
                QM31[] bound = end.of(free.get(a.name()).name());
                System.arraycopy(bound, 0, coordinates, 0, bound.length);
            }
            low.put(a.name(), coordinates);
        }
        List<Axis> high = shape.highAxes();
        QM31[][] weights = new QM31[high.size()][];
        for (int k = 0; k < weights.length; k++) {
            String axis = high.get(k).name();
            weights[k] = free.containsKey(axis)
                    ? first(Eq.table(end.of(free.get(axis).name())), high.get(k)) : Eq.table(fixed.get(axis));
        }
        return new Claim(column, new TilePoint(shape.lowPoint(low), shape.tileWeights(weights)), value);
    }

    /// The weights of the positions that count, and zeros.
    private QM31[] first(QM31[] weights, Axis axis) {
        QM31[] result = new QM31[axis.count()];
        Arrays.fill(result, QM31.ZERO);
        System.arraycopy(weights, 0, result, 0, count(axis));
        return result;
    }
}
