package dev.chagres.prove.lookup;

import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A tensor read along the positions of a segment: the segment's own shape, or fewer axes and then constant along those it
/// lacks.
final class ElementSource {
    private final HostTensor data;
    /// First element of the tensor's tile for every tile of the segment.
    private final long[] start;
    /// Element inside the tensor's tile for every position inside a segment tile; null when they are the same.
    private final int[] inside;

    private ElementSource(HostTensor data, long[] start, int[] inside) {
        this.data = data;
        this.start = start;
        this.inside = inside;
    }

    /// A tensor of the segment's shape.
    static ElementSource same(String name, HostTensor data, Shape shape) {
        checkSize(name, data, shape);
        long[] start = new long[shape.tileCount()];
        for (int t = 0; t < start.length; t++) {
            start[t] = (long) t << shape.lowBits();
        }
        return new ElementSource(data, start, null);
    }

    /// A committed column whose axes are axes of the segment.
    ///
    /// @throws IllegalArgumentException if an axis is foreign or the column lacks a tile
    static ElementSource of(Column column, HostTensor data, Shape segment) {
        Shape shape = column.shape();
        checkSize(column.name(), data, shape);
        return new ElementSource(data, starts(column, segment), inside(column, segment));
    }

    private static void checkSize(String name, HostTensor data, Shape shape) {
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

    /// Whether positions inside a segment tile are those inside the tensor's tile.
    boolean direct() {
        return inside == null;
    }

    /// `dst[i]` = value at position `from + i` of tile `tile`, for i < count; for a [#direct()] source.
    void read(int[] dst, int tile, int from, int count) {
        long first = start[tile] + from;
        switch (data.width()) {
            case 32 -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get32(first + i);
                }
            }
            case 16 -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get16(first + i);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    dst[i] = data.get(first + i);
                }
            }
        }
    }

    /// `sums[i] += scale * value` at positions `from + i` of tile `tile`, for i < count.
    void add(long[] sums, int tile, int from, int count, long scale) {
        long first = start[tile];
        if (inside == null) {
            first += from;
            for (int i = 0; i < count; i++) {
                sums[i] += scale * data.get(first + i);
            }
        } else {
            for (int i = 0; i < count; i++) {
                sums[i] += scale * data.get(first + inside[from + i]);
            }
        }
    }

    /// `dst[i]` = residue of the value at position `from + i` of tile `tile`, for i < count; `dst` is a base array.
    void embed(long dst, int tile, int from, int count, FieldKernels kernels) {
        long first = start[tile];
        if (inside == null) {
            first += from;
            kernels.embedInts(dst, data.address() + first * (data.width() / 8), data.width(), count);
        } else {
            for (int i = 0; i < count; i++) {
                Memory.setInt(dst, i, data.get(first + inside[from + i]));
            }
            kernels.embedInt32(dst, dst, count);
        }
    }
}
