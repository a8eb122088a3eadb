package dev.chagres.prove.lookup;

import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// The components of a segment with their data.
final class SegmentData {
    /// scale * tensor.
    record Part(long scale, ElementSource source) {}

    /// offset + sum of parts.
    record Value(long offset, List<Part> parts) {
        /// Whether the value is an offset and one tensor of the segment's shape.
        boolean single() {
            return parts.size() == 1 && parts.getFirst().scale == 1 && parts.getFirst().source.direct();
        }

        /// Integers at positions `from + i` of tile `tile`, for i < count.
        void read(long[] dst, int tile, int from, int count) {
            Arrays.fill(dst, 0, count, offset);
            for (Part p : parts) {
                p.source.add(dst, tile, from, count, p.scale);
            }
        }
    }

    private final Lookup segment;
    private final List<Value> values = new ArrayList<>();

    /// @throws IllegalArgumentException if data and shapes do not fit
    SegmentData(Lookup segment, Function<Column, ? extends IntTensor> columns,
            Function<VirtualTensor, ? extends IntTensor> virtuals) {
        this.segment = segment;
        Shape shape = segment.shape();
        for (TupleComponent c : segment.components()) {
            values.add(switch (c) {
                case TupleComponent.Linear l -> new Value(l.offset(), l.terms().stream().map(t -> new Part(t.scale(),
                        new ElementSource(TensorView.of(t.column(), columns.apply(t.column()), shape)))).toList());
                case TupleComponent.Proved p -> new Value(0, List.of(new Part(1,
                        new ElementSource(TensorView.same(p.virtual().name(), virtuals.apply(p.virtual()), shape)))));
            });
        }
    }

    Lookup segment() {
        return segment;
    }

    /// One for each component.
    List<Value> values() {
        return values;
    }
}
