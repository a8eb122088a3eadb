package dev.chagres.gpt2.unique;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One element of every tensor: a position on every axis by its name, 0 on axes without one. As a point of a
/// polynomial it has the coordinates 0 and 1, so that a value there is the value of the element.
///
/// @param positions by axis
record Cell(Map<String, Integer> positions) {
    Cell {
        positions = Map.copyOf(positions);
    }

    /// A row of the first block.
    static Cell row(int row) {
        return new Cell(Map.of("row", row));
    }

    Cell with(String axis, int position) {
        Map<String, Integer> more = new HashMap<>(positions);
        more.put(axis, position);
        return new Cell(more);
    }

    /// A channel by its number, padded ones counted, on the axes `axis` and `axis`^.
    Cell channel(Shape shape, String axis, int channel) {
        int bits = shape.axis(axis).bits();
        return with(axis, channel & (1 << bits) - 1).with(axis + "^", channel >> bits);
    }

    private int at(Axis axis) {
        return positions.getOrDefault(axis.name(), 0);
    }

    long element(Shape shape) {
        long inside = 0;
        int shift = 0;
        for (Axis a : shape.lowAxes()) {
            inside |= (long) at(a) << shift;
            shift += a.bits();
        }
        return ((long) tile(shape) << shift) + inside;
    }

    /// Whether a shape has it: queries can have more heads than keys.
    boolean isIn(Shape shape) {
        return find(shape) >= 0;
    }

    private int tile(Shape shape) {
        int t = find(shape);
        if (t < 0) {
            throw new IllegalArgumentException("no tile at " + positions);
        }
        return t;
    }

    private int find(Shape shape) {
        for (int t = 0; t < shape.tileCount(); t++) {
            boolean here = true;
            for (int k = 0; k < shape.highAxes().size(); k++) {
                here &= shape.tile(t)[k] == at(shape.highAxes().get(k));
            }
            if (here) {
                return t;
            }
        }
        return -1;
    }

    Map<String, QM31[]> coordinates(Shape shape) {
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        Map<String, QM31[]> result = new LinkedHashMap<>();
        for (Axis a : axes) {
            QM31[] bits = new QM31[a.bits()];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = (at(a) >> i & 1) == 1 ? QM31.ONE : QM31.ZERO;
            }
            result.put(a.name(), bits);
        }
        return result;
    }

    TilePoint point(Shape shape) {
        return TilePoint.of(shape, coordinates(shape));
    }
}
