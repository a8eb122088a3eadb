package dev.chagres.poly;

import dev.chagres.field.QM31;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Coordinates by variable group.
public final class Point {
    private final Map<String, QM31[]> coordinates = new LinkedHashMap<>();

    /// Splits a flat point, first variable first, over the groups.
    public static Point split(List<Variable> variables, QM31[] flat) {
        Point p = new Point();
        int at = 0;
        for (Variable v : variables) {
            QM31[] c = new QM31[v.bits()];
            for (int i = 0; i < c.length; i++) {
                c[i] = flat[at++];
            }
            p.coordinates.put(v.name(), c);
        }
        return p;
    }

    /// The coordinates of group `name`, in bit order.
    public QM31[] of(String name) {
        QM31[] c = coordinates.get(name);
        if (c == null) {
            throw new IllegalArgumentException("no variable " + name);
        }
        return c;
    }

    /// The coordinates of several groups one after another.
    public QM31[] flat(List<Variable> variables) {
        QM31[] result = new QM31[variables.stream().mapToInt(Variable::bits).sum()];
        int at = 0;
        for (Variable v : variables) {
            for (QM31 c : of(v.name())) {
                result[at++] = c;
            }
        }
        return result;
    }
}
