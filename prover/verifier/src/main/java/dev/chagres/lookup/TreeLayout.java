package dev.chagres.lookup;

import dev.chagres.field.QM31;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// Where the values of several tensors stand among the leaves of one fraction tree.
///
/// Tiles take consecutive *places* from 0, largest first (ties in the given order), so that every tile is aligned to
/// its size and places are used without a gap. 2^13 places are a *unit*. A place is a leaf number with its bits in
/// another order:
///
/// ```
/// place:  | unit     | y[8..13) | y[0..8) |
/// leaf:   | y[8..13) | unit     | y[0..8) |
/// ```
///
/// The children of a node of the five lowest layers thus are in one unit, and in one tile where tiles have 2^13 values
/// or more: they have the same constant, and a unit without values adds one constant to every round. A tree of at most
/// one unit has as many leaves as it needs, and leaves are places. Leaves without a value are the neutral fraction.
public final class TreeLayout {
    /// A unit has at most 2^13 leaves.
    private static final int MOST_UNIT_BITS = 13;
    /// Bits of a place inside its unit that lead the leaf number, in a tree of several units.
    private static final int MOST_STRIP_BITS = 5;

    private final List<Shape> shapes;
    private final long[][] places;
    private final long leaves;
    private final int bits;

    public TreeLayout(List<Shape> shapes) {
        this.shapes = List.copyOf(shapes);
        this.places = new long[shapes.size()][];
        List<Integer> order = new ArrayList<>();
        for (int s = 0; s < shapes.size(); s++) {
            order.add(s);
        }
        order.sort((a, b) -> shapes.get(b).lowBits() - shapes.get(a).lowBits());
        long at = 0;
        for (int s : order) {
            Shape shape = shapes.get(s);
            places[s] = new long[shape.tileCount()];
            for (int t = 0; t < shape.tileCount(); t++) {
                places[s][t] = at;
                at += 1L << shape.lowBits();
            }
        }
        this.leaves = at;
        this.bits = Math.max(5, Axis.ceilLog2(at));
    }

    /// Number of leaves that are present: places 0 .. leaves - 1.
    public long leaves() {
        return leaves;
    }

    /// Depth of the tree; at least 5.
    public int bits() {
        return bits;
    }

    /// log2 of the leaves of a unit.
    public int unitBits() {
        return Math.min(MOST_UNIT_BITS, bits);
    }

    /// Number of units that have a present leaf; the leaves of all but the last one are all present.
    public long units() {
        return leaves + (1L << unitBits()) - 1 >> unitBits();
    }

    /// Bits of a place in its unit, the upper ones, that are the top bits of the leaf number; 0 in a tree of one unit.
    public int stripBits() {
        return bits > MOST_UNIT_BITS ? MOST_STRIP_BITS : 0;
    }

    /// Bits of a place that it shares with its leaf number.
    public int runBits() {
        return unitBits() - stripBits();
    }

    /// The number of the leaf at a place.
    public long leaf(long place) {
        long run = place & (1L << runBits()) - 1;
        long strip = place >>> runBits() & (1L << stripBits()) - 1;
        return strip << bits - stripBits() | place >>> unitBits() << runBits() | run;
    }

    /// First place of tile `t` of tensor `s`.
    public long place(int s, int t) {
        return places[s][t];
    }

    /// What a leaf point is to the tensors.
    ///
    /// @param leaf one coordinate for each bit of a leaf number
    public LeafPoint at(QM31[] leaf) {
        return new LeafPoint(this, shapes, leaf);
    }
}
