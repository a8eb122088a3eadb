package dev.chagres.prove.lookup;

import dev.chagres.lookup.TreeLayout;
import dev.chagres.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// Which tile of which tensor a place belongs to.
final class TilePlaces {
    /// Receives positions `from .. from + n` of tile `tile` of tensor `tensor`, which are places `at ..` of the asked
    /// range.
    @FunctionalInterface
    interface Visitor {
        void visit(int tensor, int tile, int from, int n, long at);
    }

    private final long[] starts;
    private final int[] tensors;
    private final int[] tiles;
    private final int[] lowBits;
    private final long leaves;

    TilePlaces(TreeLayout layout, List<Shape> shapes) {
        record Place(long start, int tensor, int tile) {}
        Place[] places = new Place[shapes.stream().mapToInt(Shape::tileCount).sum()];
        int n = 0;
        for (int s = 0; s < shapes.size(); s++) {
            for (int t = 0; t < shapes.get(s).tileCount(); t++) {
                places[n++] = new Place(layout.place(s, t), s, t);
            }
        }
        Arrays.sort(places, (a, b) -> Long.compare(a.start, b.start));
        this.starts = Arrays.stream(places).mapToLong(Place::start).toArray();
        this.tensors = Arrays.stream(places).mapToInt(Place::tensor).toArray();
        this.tiles = Arrays.stream(places).mapToInt(Place::tile).toArray();
        this.lowBits = shapes.stream().mapToInt(Shape::lowBits).toArray();
        this.leaves = layout.leaves();
    }

    /// Cuts places `first .. first + count` into pieces inside one tile of at most `most` positions.
    void forEach(long first, long count, int most, Visitor visitor) {
        if (first < 0 || count < 0 || first + count > leaves) {
            throw new IndexOutOfBoundsException("leaves " + first + " + " + count + " of " + leaves);
        }
        int place = Arrays.binarySearch(starts, first);
        if (place < 0) {
            place = -place - 2;
        }
        for (long at = 0; at < count; place++) {
            long size = 1L << lowBits[tensors[place]];
            long from = first + at - starts[place];
            while (from < size && at < count) {
                int n = (int) Math.min(most, Math.min(size - from, count - at));
                visitor.visit(tensors[place], tiles[place], (int) from, n, at);
                from += n;
                at += n;
            }
        }
    }
}
