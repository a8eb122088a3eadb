package dev.chagres.prove.sumcheck;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.data.TileReader;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Evaluates a committed tensor at the fixed axes of a [ColumnFactor]; the free axes remain.
///
/// Tiles with equal positions on the free high axes form a group, which gives one region of the result. Inside a tile
/// the run of fixed axes at the top makes rows; rows and tiles of a group are combined straight from base values (four
/// unreduced multiply-adds a value). If only free axes lie below, that is the result; one fixed run at the bottom is a
/// dot product for each free position; any other mix is folded bit by bit after the rows are combined.
final class ColumnPartial {
    /// Base elements that are embedded at once for a row combination: 256 KiB.
    private static final long ROW_BUFFER = 1 << 16;
    /// Columns of one row combination, so that its result stays in the fastest cache.
    private static final long ROW_WIDTH = 1024;

    private final Host host;
    private final FieldKernels kernels;
    private final IntTensor data;
    private final MemoryScope arena;
    private final TileReader reader;
    private final int lowBits;
    private final boolean[] fixed;
    private final QM31[] coordinates;
    /// Fixed bits at the top of the tile index.
    private final int top;
    private final int rest;
    private final QM31[] rowWeights;
    private final long rowBuffer;

    private ColumnPartial(ColumnFactor factor, IntTensor data, Host host, MemoryScope arena) {
        Shape shape = factor.column().shape();
        this.host = host;
        this.kernels = host.field();
        this.data = data;
        this.arena = arena;
        this.reader = new TileReader(host.field(), arena);
        this.lowBits = shape.lowBits();
        this.fixed = new boolean[lowBits];
        this.coordinates = new QM31[lowBits];
        int at = 0;
        for (Axis a : shape.lowAxes()) {
            QM31[] c = factor.coordinates(a);
            for (int i = 0; i < a.bits(); i++, at++) {
                fixed[at] = c[i] != null;
                coordinates[at] = c[i];
            }
        }
        int r = lowBits;
        while (r > 0 && fixed[r - 1]) {
            r--;
        }
        this.rest = r;
        this.top = lowBits - r;
        // With every axis fixed, tiles are dot products and rows are not used.
        this.rowWeights = rest == 0 ? null : Eq.table(Arrays.copyOfRange(coordinates, rest, lowBits));
        this.rowBuffer = rest == 0 ? 0 : arena.allocateBase(ROW_BUFFER);
    }

    /// Tiles of one group and their weights.
    private static final class Group {
        final List<Integer> tiles = new ArrayList<>();
        final List<QM31> weights = new ArrayList<>();
    }

    /// Fills the table of the factor over its free axes: low axes, then high axes, in the order of the shape.
    ///
    /// @param dst zeroed ext array of 2^(free bits) elements
    static void fill(ColumnFactor factor, IntTensor data, long dst, Host host) {
        Shape shape = factor.column().shape();
        if (data.size() != shape.size()) {
            throw new IllegalArgumentException(
                    "column " + factor.column() + " has " + data.size() + " values instead of " + shape.size());
        }
        try (MemoryScope arena = host.scope()) {
            ColumnPartial partial = new ColumnPartial(factor, data, host, arena);
            int freeLow = 0;
            for (boolean f : partial.fixed) {
                freeLow += f ? 0 : 1;
            }
            long eq = partial.rest == 0 ? EqTable.allocate(arena, partial.coordinates, QM31.ONE, host.field()) : 0;
            for (Map.Entry<Long, Group> e : groups(factor, shape).entrySet()) {
                long first = e.getKey() << freeLow;
                if (partial.rest == 0) {
                    Memory.setExt(dst, first, partial.dot(e.getValue(), eq));
                } else {
                    partial.region(e.getValue(), dst, first);
                }
            }
        }
    }

    private static Map<Long, Group> groups(ColumnFactor factor, Shape shape) {
        List<Axis> axes = shape.highAxes();
        QM31[][] tables = new QM31[axes.size()][];
        int[] shift = new int[axes.size()];
        int bits = 0;
        for (int k = 0; k < tables.length; k++) {
            QM31[] c = factor.fixed(axes.get(k).name());
            if (c != null) {
                tables[k] = Eq.table(c);
            } else {
                shift[k] = bits;
                bits += factor.free(axes.get(k).name()).bits();
            }
        }
        Map<Long, Group> groups = new TreeMap<>();
        for (int t = 0; t < shape.tileCount(); t++) {
            if (absent(factor, shape, t)) {
                continue;
            }
            QM31 weight = QM31.ONE;
            long index = 0;
            for (int k = 0; k < tables.length; k++) {
                int at = shape.tile(t)[k];
                if (tables[k] == null) {
                    index |= (long) at << shift[k];
                } else if (tables[k].length > 1) {
                    weight = weight.mul(tables[k][at]);
                }
            }
            if (!weight.isZero()) {
                Group g = groups.computeIfAbsent(index, _ -> new Group());
                g.tiles.add(t);
                g.weights.add(weight);
            }
        }
        return groups;
    }

    /// Whether a tile is at a position that does not count.
    private static boolean absent(ColumnFactor factor, Shape shape, int tile) {
        for (int k = 0; k < shape.highAxes().size(); k++) {
            if (shape.tile(tile)[k] >= factor.count(shape.highAxes().get(k))) {
                return true;
            }
        }
        return false;
    }

    private QM31 dot(Group g, long eq) {
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < g.tiles.size(); i++) {
            long from = (long) g.tiles.get(i) << lowBits;
            sum = sum.add(reader.dot(data, from, eq, 1L << lowBits).mul(g.weights.get(i)));
        }
        return sum;
    }

    /// Computes elements `first ..` of `dst` from one group.
    private void region(Group g, long dst, long first) {
        int bottom = 0;
        while (fixed[bottom]) {
            bottom++;
        }
        boolean plain = true;
        for (int i = bottom; i < rest; i++) {
            plain &= !fixed[i];
        }
        if (rest < 4) {
            write(scalarRows(g), rest, dst, first);
        } else if (plain && bottom == 0) {
            combine(g, dst + first * Memory.EXT_BYTES);
        } else {
            try (MemoryScope local = host.scope()) {
                if (plain && bottom >= 4) {
                    dots(g, bottom, dst, first, local);
                } else {
                    long rows = local.allocateExt(1L << rest);
                    combine(g, rows);
                    reduce(rows, rest, dst, first);
                }
            }
        }
    }

    /// Fixed bits below, free bits above.
    private void dots(Group g, int bottom, long dst, long first, MemoryScope local) {
        QM31[] point = Arrays.copyOf(coordinates, bottom);
        long length = 1L << bottom;
        long count = 1L << (rest - bottom);
        if (top == 0 && g.tiles.size() == 1) {
            long eq = EqTable.allocate(local, point, g.weights.getFirst(), kernels);
            long from = (long) g.tiles.getFirst() << lowBits;
            if (length > ROW_BUFFER) {
                for (long y = 0; y < count; y++) {
                    Memory.setExt(dst, first + y, reader.dot(data, from + y * length, eq, length));
                }
                return;
            }
            long batch = Math.min(count, ROW_BUFFER >>> bottom);
            for (long y = 0; y < count; y += batch) {
                reader.embed(rowBuffer, data, from + y * length, batch * length);
                for (long i = 0; i < batch; i++) {
                    Memory.setExt(dst, first + y + i, kernels.dotBase(rowBuffer + 4 * i * length, eq, length));
                }
            }
        } else {
            long eq = EqTable.allocate(local, point, QM31.ONE, kernels);
            long rows = local.allocateExt(1L << rest);
            combine(g, rows);
            for (long y = 0; y < count; y++) {
                Memory.setExt(dst, first + y, kernels.dotExt(rows + y * length * Memory.EXT_BYTES, eq, length));
            }
        }
    }

    /// Adds the weighted rows of all tiles of a group to `dst`, 2^rest >= 16 elements.
    private void combine(Group g, long dst) {
        long size = 1L << rest;
        long rowsInTile = 1L << top;
        long rows = g.tiles.size() * rowsInTile;
        long width = Math.min(size, ROW_WIDTH);
        long capacity = ROW_BUFFER / width;
        try (MemoryScope local = host.scope()) {
            long weights = local.allocateExt(rows);
            for (long r = 0; r < rows; r++) {
                QM31 w = g.weights.get((int) (r >>> top)).mul(rowWeights[(int) (r & (rowsInTile - 1))]);
                Memory.setExt(weights, r, w);
            }
            for (long x = 0; x < size; x += width) {
                for (long r = 0; r < rows; r += capacity) {
                    long batch = Math.min(capacity, rows - r);
                    embedRows(g, r, batch, x, width);
                    kernels.combineRows(dst + x * Memory.EXT_BYTES, rowBuffer, width, width,
                            weights + r * Memory.EXT_BYTES, batch);
                }
            }
        }
    }

    /// Columns x .. x + width of `batch` rows from row `r` on, into the row buffer.
    private void embedRows(Group g, long r, long batch, long x, long width) {
        long size = 1L << rest;
        long rowsInTile = 1L << top;
        for (long b = 0; b < batch; ) {
            long inTile = (r + b) & (rowsInTile - 1);
            long run = width == size ? Math.min(batch - b, rowsInTile - inTile) : 1;
            long from = ((long) g.tiles.get((int) ((r + b) >>> top)) << lowBits) + inTile * size + x;
            reader.embed(rowBuffer + 4 * b * width, data, from, run * width);
            b += run;
        }
    }

    /// The same for rows below one block.
    private QM31[] scalarRows(Group g) {
        QM31[] sum = new QM31[1 << rest];
        Arrays.fill(sum, QM31.ZERO);
        for (int i = 0; i < g.tiles.size(); i++) {
            long from = (long) g.tiles.get(i) << lowBits;
            for (int r = 0; r < rowWeights.length; r++) {
                QM31 w = g.weights.get(i).mul(rowWeights[r]);
                for (int x = 0; x < sum.length; x++) {
                    sum[x] = sum[x].add(w.mul(M31.embed(data.get(from + ((long) r << rest) + x))));
                }
            }
        }
        return sum;
    }

    /// Fixes the lowest `bits` bits of an ext array, which is overwritten, and writes what is free to `dst`.
    private void reduce(long values, int bits, long dst, long first) {
        if (bits <= 4) {
            QM31[] v = new QM31[1 << bits];
            for (int i = 0; i < v.length; i++) {
                v[i] = Memory.getExt(values, i);
            }
            write(v, bits, dst, first);
            return;
        }
        long half = 1L << (bits - 1);
        long upper = values + half * Memory.EXT_BYTES;
        if (fixed[bits - 1]) {
            kernels.foldExt(values, values, upper, coordinates[bits - 1], half);
            reduce(values, bits - 1, dst, first);
        } else {
            reduce(values, bits - 1, dst, first);
            reduce(upper, bits - 1, dst, first + (1L << freeBelow(bits - 1)));
        }
    }

    private void write(QM31[] v, int bits, long dst, long first) {
        if (bits == 0) {
            Memory.setExt(dst, first, v[0]);
            return;
        }
        QM31[] low = Arrays.copyOf(v, v.length / 2);
        QM31[] high = Arrays.copyOfRange(v, v.length / 2, v.length);
        if (fixed[bits - 1]) {
            for (int i = 0; i < low.length; i++) {
                low[i] = low[i].add(coordinates[bits - 1].mul(high[i].sub(low[i])));
            }
            write(low, bits - 1, dst, first);
        } else {
            write(low, bits - 1, dst, first);
            write(high, bits - 1, dst, first + (1L << freeBelow(bits - 1)));
        }
    }

    private int freeBelow(int bit) {
        int n = 0;
        for (int i = 0; i < bit; i++) {
            n += fixed[i] ? 0 : 1;
        }
        return n;
    }
}
