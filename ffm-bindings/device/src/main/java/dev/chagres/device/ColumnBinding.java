package dev.chagres.device;

import dev.chagres.ffm.ColumnOperands;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceInts;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What binding a tensor at a partial point takes: coordinates for some low bits, and tiles with weights in groups, one
/// for each position on the free high axes. A group without tiles is zero.
final class ColumnBinding {
    /// Threads that a GPU is busy with.
    private static final long THREADS = 1 << 16;
    /// Values that a thread reads at least, where there are so many, before another one shares its work.
    private static final int READ = 16;
    /// Fixed bits at the bottom from which on neighbouring threads read neighbouring values of one result.
    private static final int BOTTOM = 4;

    private final int lowBits;
    private final int free;
    private final int highBits;
    /// Of the bits that are not free, lowest first.
    private final QM31[] point;
    private final Upload.Region starts;
    private final Upload.Region tiles;
    private final Upload.Region weights;
    private final int entries;
    /// Tiles of the largest group.
    private final int largest;

    private ColumnBinding(int lowBits, int free, int highBits, QM31[] point, List<Tile> all, Upload upload) {
        this.lowBits = lowBits;
        this.free = free;
        this.highBits = highBits;
        this.point = point;
        this.entries = all.size();
        int[] starts = new int[(1 << highBits) + 1];
        for (Tile t : all) {
            starts[t.group + 1]++;
        }
        this.largest = Arrays.stream(starts).max().orElse(0);
        for (int h = 0; h < 1 << highBits; h++) {
            starts[h + 1] += starts[h];
        }
        int[] at = starts.clone();
        int[] tiles = new int[entries];
        QM31[] weights = new QM31[entries];
        for (Tile t : all) {
            tiles[at[t.group]] = t.number;
            weights[at[t.group]++] = t.weight;
        }
        this.starts = upload.ints(starts);
        this.tiles = upload.ints(tiles);
        this.weights = upload.ext(Arrays.asList(weights));
    }

    private record Tile(int group, int number, QM31 weight) {}

    /// The table of a column factor over its free axes: low axes, then high axes, in the order of the shape.
    static ColumnBinding of(ColumnFactor factor, Upload upload) {
        Shape shape = factor.column().shape();
        int free = 0;
        int bits = 0;
        List<QM31> point = new ArrayList<>();
        for (Axis a : shape.lowAxes()) {
            for (QM31 c : factor.coordinates(a)) {
                if (c == null) {
                    free |= 1 << bits;
                } else {
                    point.add(c);
                }
                bits++;
            }
        }
        List<Axis> axes = shape.highAxes();
        QM31[][] tables = new QM31[axes.size()][];
        int[] shift = new int[axes.size()];
        int highBits = 0;
        for (int k = 0; k < tables.length; k++) {
            QM31[] c = factor.fixed(axes.get(k).name());
            if (c != null) {
                tables[k] = Eq.table(c);
            } else {
                shift[k] = highBits;
                highBits += factor.free(axes.get(k).name()).bits();
            }
        }
        List<Tile> all = new ArrayList<>();
        for (int t = 0; t < shape.tileCount(); t++) {
            int[] at = shape.tile(t);
            QM31 weight = QM31.ONE;
            int group = 0;
            boolean counts = true;
            for (int k = 0; k < tables.length; k++) {
                counts &= at[k] < factor.count(axes.get(k));
                if (tables[k] == null) {
                    group |= at[k] << shift[k];
                } else {
                    weight = weight.mul(tables[k][at[k]]);
                }
            }
            if (counts && !weight.isZero()) {
                all.add(new Tile(group, t, weight));
            }
        }
        return new ColumnBinding(bits, free, highBits, point.toArray(QM31[]::new), all, upload);
    }

    /// The value of a tensor, one element.
    ///
    /// @param at a weight for each tile
    static ColumnBinding of(Shape shape, TilePoint at, Upload upload) {
        List<Tile> all = new ArrayList<>();
        for (int t = 0; t < at.weights().length; t++) {
            if (!at.weights()[t].isZero()) {
                all.add(new Tile(0, t, at.weights()[t]));
            }
        }
        return new ColumnBinding(shape.lowBits(), 0, 0, at.low(), all, upload);
    }

    /// Bytes of scratch memory that a binding takes until the next wait.
    long scratchBytes() {
        Slices slices = slices();
        long parts = slices.count() > 1 ? Device.regionBytes(Memory.extBytes(results() * slices.count())) : 0;
        return Device.regionBytes(Memory.extBytes(positions())) + parts;
    }

    private long results() {
        return 1L << Integer.bitCount(free) + highBits;
    }

    /// How the work of a result is cut.
    private record Slices(int lanes, int tiles, int low) {
        long count() {
            return (long) tiles * low;
        }
    }

    private Slices slices() {
        int lanes = bottom() >= Math.min(BOTTOM, lowBits) ? Math.min(ColumnOperands.MOST_LANES, positions()) : 1;
        int budget = (int) Math.clamp(THREADS / (results() * lanes), 1, THREADS);
        int steps = Math.max(1, positions() / lanes);
        int low = Math.clamp(steps / READ, 1, budget);
        long rest = (long) largest * Math.min(steps, READ) / READ;
        return new Slices(lanes, Integer.highestOneBit(Math.clamp(rest, 1, budget / low)), low);
    }

    /// Binds; two or three launches. Scratch memory is back after the next wait.
    ///
    /// @param sent the arguments
    /// @param values of the tensor
    /// @param size how many
    /// @param dst ext array of the results
    void bind(DeviceWork work, DeviceBuffer sent, DeviceInts values, long size, DeviceBuffer dst) {
        Slices slices = slices();
        DeviceBuffer eq = work.allocate(Memory.extBytes(positions()));
        DeviceBuffer parts = null;
        try {
            if (slices.count() > 1) {
                parts = work.allocate(Memory.extBytes(results() * slices.count()));
            }
            work.kernels().field().eqTable(eq, point, QM31.ONE);
            work.kernels().statement().bindColumn(dst, new ColumnOperands(values, size, eq,
                    starts.of(sent), tiles.of(sent), weights.of(sent), entries, parts, free, lowBits, highBits,
                    slices.lanes(), slices.tiles(), slices.low()));
        } finally {
            work.release(eq);
            if (parts != null) {
                work.release(parts);
            }
        }
    }

    private int positions() {
        return 1 << point.length;
    }

    /// Fixed bits below all free ones.
    private int bottom() {
        return Math.min(lowBits, Integer.numberOfTrailingZeros(free));
    }
}
