package dev.chagres.prove.stage;

import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A tensor read along the positions of a shape: that shape itself, or fewer axes and then constant along those it
/// lacks. The value at position x of tile t is element `starts[t] + inside[x]`.
///
/// @param data of the tensor
/// @param starts first element of the tensor's tile for every tile of the shape
/// @param inside element inside the tensor's tile for every position inside a tile of the shape; null when they are the
///     same
public record TensorView(IntTensor data, long[] starts, int[] inside) {
    /// A tensor of the shape itself.
    ///
    /// @param name for errors
    /// @throws IllegalArgumentException if data and shape do not fit
    public static TensorView same(String name, IntTensor data, Shape shape) {
        checkSize(name, data, shape);
        long[] start = new long[shape.tileCount()];
        for (int t = 0; t < start.length; t++) {
            start[t] = (long) t << shape.lowBits();
        }
        return new TensorView(data, start, null);
    }

    /// A committed column whose axes are axes of the shape.
    ///
    /// @throws IllegalArgumentException if an axis is foreign or the column lacks a tile
    public static TensorView of(Column column, IntTensor data, Shape segment) {
        checkSize(column.name(), data, column.shape());
        return new TensorView(data, starts(column, segment), inside(column, segment));
    }

    private static void checkSize(String name, IntTensor data, Shape shape) {
        if (data.size() != shape.size()) {
            throw new IllegalArgumentException(name + " has " + data.size() + " values instead of " + shape.size());
        }
    }

    private static long[] starts(Column column, Shape segment) {
        Shape shape = column.shape();
        Map<List<Integer>, Integer> tiles = new HashMap<>();
        for (int t = 0; t < shape.tileCount(); t++) {
            List<Integer> at = new ArrayList<>();
            for (int i : shape.tile(t)) {
                at.add(i);
            }
            tiles.put(at, t);
        }
        List<Integer> axes = new ArrayList<>();
        for (Axis a : shape.highAxes()) {
            axes.add(segment.highAxes().indexOf(a));
            if (axes.getLast() < 0) {
                throw new IllegalArgumentException("axis " + a + " of " + column + " is not an axis of the segment");
            }
        }
        long[] start = new long[segment.tileCount()];
        for (int t = 0; t < start.length; t++) {
            int[] at = segment.tile(t);
            Integer tile = tiles.get(axes.stream().map(k -> at[k]).toList());
            if (tile == null) {
                throw new IllegalArgumentException(column + " has no tile for tile " + t + " of the segment");
            }
            start[t] = (long) tile << shape.lowBits();
        }
        return start;
    }

    private static int[] inside(Column column, Shape segment) {
        Shape shape = column.shape();
        List<Axis> present = shape.lowAxes().stream().filter(a -> a.bits() > 0).toList();
        if (present.equals(segment.lowAxes().stream().filter(a -> a.bits() > 0).toList())) {
            return null;
        }
        int[] inside = new int[1 << segment.lowBits()];
        for (Axis a : present) {
            if (!segment.lowAxes().contains(a)) {
                throw new IllegalArgumentException("axis " + a + " of " + column + " is not an axis of the segment");
            }
            int from = segment.lowOffset(a.name());
            int to = shape.lowOffset(a.name());
            int mask = (1 << a.bits()) - 1;
            for (int x = 0; x < inside.length; x++) {
                inside[x] |= (x >>> from & mask) << to;
            }
        }
        return inside;
    }
}
