package dev.chagres.lookup;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// Where the tiles of several tensors stand among the leaves of one fraction tree.
///
/// Tiles are placed largest first (ties in the given order), one after another, so every tile is aligned to its size
/// and the leaves are a gapless prefix of the index space of 2^bits leaves; the rest is the neutral fraction.
public final class TreeLayout {
    private final List<Shape> shapes;
    private final long[][] offsets;
    private final long leaves;
    private final int bits;

    public TreeLayout(List<Shape> shapes) {
        this.shapes = List.copyOf(shapes);
        this.offsets = new long[shapes.size()][];
        List<Integer> order = new ArrayList<>();
        for (int s = 0; s < shapes.size(); s++) {
            order.add(s);
        }
        order.sort((a, b) -> shapes.get(b).lowBits() - shapes.get(a).lowBits());
        long at = 0;
        for (int s : order) {
            Shape shape = shapes.get(s);
            offsets[s] = new long[shape.tileCount()];
            for (int t = 0; t < shape.tileCount(); t++) {
                offsets[s][t] = at;
                at += 1L << shape.lowBits();
            }
        }
        this.leaves = at;
        this.bits = Math.max(5, Axis.ceilLog2(at));
    }

    /// Number of leaves that are present.
    public long leaves() {
        return leaves;
    }

    /// Depth of the tree; at least 5.
    public int bits() {
        return bits;
    }

    /// First leaf of tile `t` of tensor `s`.
    public long offset(int s, int t) {
        return offsets[s][t];
    }

    /// Weight of every tile of tensor `s` at leaf point `r`: eq of the leaf bits above the tile.
    public QM31[] weights(int s, QM31[] r) {
        int low = shapes.get(s).lowBits();
        QM31[] weights = new QM31[offsets[s].length];
        for (int t = 0; t < weights.length; t++) {
            weights[t] = Eq.at(r, low, bits, offsets[s][t] >>> low);
        }
        return weights;
    }
}
