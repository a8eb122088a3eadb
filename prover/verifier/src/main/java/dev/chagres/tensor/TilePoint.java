package dev.chagres.tensor;

import dev.chagres.field.QM31;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A point of a tensor: one point inside all tiles and a weight for each of them. The value of a tensor there is
/// `sum_t weights[t] * <tile first + t, eq(low)>`.
///
/// An ordinary point has `weights[t]` = eq of the high coordinates; lookups and sums over tiles give other weights.
///
/// @param low coordinates inside a tile, low axes in order
/// @param first tile that the first weight belongs to
/// @param weights of tiles first, first + 1, ...; a tile without one has the weight 0
public record TilePoint(QM31[] low, int first, QM31[] weights) {
    /// @param weights one for each tile
    public TilePoint(QM31[] low, QM31[] weights) {
        this(low, 0, weights);
    }

    /// A point of one tile.
    public static TilePoint ofTile(QM31[] low, int tile) {
        return new TilePoint(low, tile, new QM31[] {QM31.ONE});
    }

    /// An ordinary point.
    ///
    /// @param coordinates for each axis; an axis of one position needs none
    public static TilePoint of(Shape shape, Map<String, QM31[]> coordinates) {
        return new TilePoint(shape.lowPoint(coordinates), shape.tileWeights(coordinates));
    }

    /// Sum of the weights: the value of the constant one.
    public QM31 total() {
        return QM31.sum(weights);
    }

    /// The coordinates of one low axis of the shape.
    public QM31[] low(Shape shape, String axis) {
        int at = shape.lowOffset(axis);
        return Arrays.copyOfRange(low, at, at + shape.axis(axis).bits());
    }

    /// The point of another shape at which a tensor has the value that it has here when it is repeated along the axes
    /// it lacks.
    ///
    /// @param from the shape that this is a point of, every tile with a weight
    /// @param to has axes of `from` only
    public TilePoint project(Shape from, Shape to) {
        Map<String, QM31[]> coordinates = new LinkedHashMap<>();
        for (Axis a : to.lowAxes()) {
            coordinates.put(a.name(), low(from, a.name()));
        }
        return new TilePoint(to.lowPoint(coordinates), projectedWeights(from, to));
    }

    /// Sums over the high axes that are missing.
    private QM31[] projectedWeights(Shape from, Shape to) {
        int[] source = to.highAxes().stream().mapToInt(a -> from.highIndex(a.name())).toArray();
        Map<List<Integer>, Integer> index = new LinkedHashMap<>();
        for (int t = 0; t < to.tileCount(); t++) {
            index.put(Arrays.stream(to.tile(t)).boxed().toList(), t);
        }
        QM31[] result = new QM31[to.tileCount()];
        Arrays.fill(result, QM31.ZERO);
        for (int t = 0; t < weights.length; t++) {
            List<Integer> tile = new ArrayList<>();
            for (int k : source) {
                tile.add(from.tile(t)[k]);
            }
            int at = index.get(tile);
            result[at] = result[at].add(weights[t]);
        }
        return result;
    }
}
