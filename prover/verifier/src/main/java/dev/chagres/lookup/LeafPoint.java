package dev.chagres.lookup;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A point of the leaves of a tree, seen from its tensors: coordinates inside a tile and a weight for each tile. The
/// multilinear extension of the leaves is the sum over all tensors of their values at these points.
///
/// Weights are products of entries of two tables of the equality polynomial, one over the bits of the unit and one over
/// the bits between tile and unit, made once for each size of tile.
public final class LeafPoint {
    private final TreeLayout layout;
    private final List<Shape> shapes;
    /// Coordinates in the order of the bits of a place.
    private final QM31[] place;
    private final Map<Integer, QM31[]> above = new HashMap<>();
    private final Map<Integer, QM31[]> inUnit = new HashMap<>();

    LeafPoint(TreeLayout layout, List<Shape> shapes, QM31[] leaf) {
        this.layout = layout;
        this.shapes = shapes;
        this.place = new QM31[leaf.length];
        int run = layout.runBits();
        int strips = layout.stripBits();
        System.arraycopy(leaf, 0, place, 0, run);
        System.arraycopy(leaf, leaf.length - strips, place, run, strips);
        System.arraycopy(leaf, run, place, run + strips, leaf.length - run - strips);
    }

    /// The point of tensor `s`: the low coordinates are the same for all tensors with tiles of one size.
    public TilePoint of(int s) {
        Shape shape = shapes.get(s);
        return new TilePoint(Arrays.copyOf(place, shape.lowBits()), weights(s, shape));
    }

    private QM31[] weights(int s, Shape shape) {
        int low = shape.lowBits();
        int unit = Math.max(low, layout.unitBits());
        QM31[] outer = above.computeIfAbsent(unit, b -> Eq.table(Arrays.copyOfRange(place, b, place.length)));
        QM31[] inner = inUnit.computeIfAbsent(low, b -> Eq.table(Arrays.copyOfRange(place, b, unit)));
        QM31[] weights = new QM31[shape.tileCount()];
        for (int t = 0; t < weights.length; t++) {
            int tile = Math.toIntExact(layout.place(s, t) >>> low);
            weights[t] = inner.length == 1
                    ? outer[tile] : outer[tile >>> unit - low].mul(inner[tile & inner.length - 1]);
        }
        return weights;
    }
}
