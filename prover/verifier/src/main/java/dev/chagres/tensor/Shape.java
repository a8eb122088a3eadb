package dev.chagres.tensor;

import dev.chagres.field.QM31;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The shape of a tensor: low axes (bits inside a tile, the first axis lowest), then high axes (tile number, the
/// first axis fastest), and which tiles exist.
///
/// Tiles are numbered 0, 1, ... in the order of the high axes, absent ones skipped; value `x` of tile `t` is element
/// `t * 2^lowBits + x` of the stored tensor.
public final class Shape {
    private final List<Axis> lowAxes;
    private final List<Axis> highAxes;
    private final int lowBits;
    private final int[][] tiles;
    private final boolean causal;

    private Shape(List<Axis> axes, String causalRow, String causalColumn) {
        this.lowAxes = axes.stream().filter(Axis::low).toList();
        this.highAxes = axes.stream().filter(a -> !a.low()).toList();
        this.lowBits = lowAxes.stream().mapToInt(Axis::bits).sum();
        this.causal = causalRow != null;
        int row = causal ? highIndex(causalRow) : -1;
        int column = causal ? highIndex(causalColumn) : -1;
        List<int[]> present = new ArrayList<>();
        int[] at = new int[highAxes.size()];
        while (true) {
            if (!causal || at[column] <= at[row]) {
                present.add(at.clone());
            }
            int k = 0;
            while (k < at.length && ++at[k] == highAxes.get(k).count()) {
                at[k++] = 0;
            }
            if (k == at.length) {
                break;
            }
        }
        this.tiles = present.toArray(new int[0][]);
    }

    /// All tiles present.
    public static Shape of(Axis... axes) {
        return new Shape(List.of(axes), null, null);
    }

    /// Only the tiles whose position on high axis `column` is at most that on high axis `row`.
    public static Shape causal(String row, String column, Axis... axes) {
        return new Shape(List.of(axes), row, column);
    }

    /// Which high axis has this name.
    ///
    /// @throws IllegalArgumentException if none has
    public int highIndex(String name) {
        for (int i = 0; i < highAxes.size(); i++) {
            if (highAxes.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no high axis " + name);
    }

    public List<Axis> lowAxes() {
        return lowAxes;
    }

    public List<Axis> highAxes() {
        return highAxes;
    }

    public Axis axis(String name) {
        for (Axis a : lowAxes) {
            if (a.name().equals(name)) {
                return a;
            }
        }
        return highAxes.get(highIndex(name));
    }

    /// Variables inside a tile.
    public int lowBits() {
        return lowBits;
    }

    /// Number of present tiles.
    public int tileCount() {
        return tiles.length;
    }

    /// Number of stored values: tileCount * 2^lowBits.
    public long size() {
        return (long) tiles.length << lowBits;
    }

    /// Positions of tile `t` on the high axes, in their order. Not to be modified.
    public int[] tile(int t) {
        return tiles[t];
    }

    /// Whether the tensor of this shape is the beginning of a tensor of the other one: equal low axes, and its tiles
    /// are the first ones there.
    public boolean isPrefixOf(Shape other) {
        return lowAxes.equals(other.lowAxes) && highAxes.size() == other.highAxes.size()
                && tiles.length <= other.tiles.length
                && IntStream.range(0, tiles.length).allMatch(t -> Arrays.equals(tiles[t], other.tiles[t]));
    }

    /// First bit of the named low axis inside a tile index.
    public int lowOffset(String name) {
        int offset = 0;
        for (Axis a : lowAxes) {
            if (a.name().equals(name)) {
                return offset;
            }
            offset += a.bits();
        }
        throw new IllegalArgumentException("no low axis " + name);
    }

    /// The coordinates inside a tile, assembled from one coordinate list per low axis (bit order).
    public QM31[] lowPoint(Map<String, QM31[]> coordinates) {
        QM31[] point = new QM31[lowBits];
        int at = 0;
        for (Axis a : lowAxes) {
            QM31[] c = coordinates.get(a.name());
            if (c == null || c.length != a.bits()) {
                throw new IllegalArgumentException("coordinates of axis " + a.name());
            }
            for (QM31 v : c) {
                point[at++] = v;
            }
        }
        return point;
    }

    /// eq(coordinates, tile) for every present tile, from one coordinate list per high axis (an axis with one
    /// position has none).
    public QM31[] tileWeights(Map<String, QM31[]> coordinates) {
        QM31[][] tables = new QM31[highAxes.size()][];
        for (int k = 0; k < tables.length; k++) {
            Axis a = highAxes.get(k);
            QM31[] c = a.bits() == 0 ? new QM31[0] : coordinates.get(a.name());
            if (c == null || c.length != a.bits()) {
                throw new IllegalArgumentException("coordinates of axis " + a.name());
            }
            tables[k] = Eq.table(c);
        }
        return tileWeights(tables);
    }

    /// The product over the high axes, in order, of a weight for each position on the axis.
    ///
    /// @param tables at least as long as their axes
    public QM31[] tileWeights(QM31[][] tables) {
        QM31[] weights = new QM31[tiles.length];
        for (int t = 0; t < tiles.length; t++) {
            QM31 w = QM31.ONE;
            for (int k = 0; k < tables.length; k++) {
                if (tables[k].length > 1) {
                    w = w.mul(tables[k][tiles[t][k]]);
                }
            }
            weights[t] = w;
        }
        return weights;
    }
}
