package dev.chagres.prove;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.Virtual;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

/// The integers of one run: every witness column and every virtual tensor, 32 bits each, off-heap. Key columns come from the
/// key. Owns its memory until closed.
public final class Witness implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Map<Column, IntTensor> columns = new IdentityHashMap<>();
    private final Map<Virtual, IntTensor> virtuals = new IdentityHashMap<>();
    private final Function<Column, IntTensor> key;
    private long bytes;

    /// Allocates zeroed memory for all tensors of the graph.
    ///
    /// @param key data of the key columns
    public Witness(Graph graph, Function<Column, IntTensor> key) {
        this.key = key;
        for (Operation o : graph.operations()) {
            o.columns().forEach(c -> columns.put(c, allocate(c.shape())));
            for (Segment s : o.segments()) {
                for (Component c : s.components()) {
                    if (c instanceof Component.Proved p) {
                        virtuals.computeIfAbsent(p.virtual(), v -> allocate(v.shape()));
                    }
                }
            }
        }
        for (Table t : graph.tables()) {
            columns.put(t.multiplicity(), allocate(t.multiplicity().shape()));
        }
    }

    private IntTensor allocate(Shape shape) {
        long size = 4 * Memory.padded(shape.size());
        bytes += size;
        return new IntTensor(Memory.segment(arena, size).asSlice(0, 4 * shape.size()), 32);
    }

    /// Data of a witness or key column.
    public IntTensor of(Column column) {
        IntTensor t = column.tree() == Column.Tree.KEY ? key.apply(column) : columns.get(column);
        if (t == null) {
            throw new IllegalArgumentException("no data for column " + column);
        }
        return t;
    }

    /// Data of a virtual tensor.
    public IntTensor of(Virtual virtual) {
        IntTensor t = virtuals.get(virtual);
        if (t == null) {
            throw new IllegalArgumentException("no data for virtual tensor " + virtual.name());
        }
        return t;
    }

    /// Off-heap bytes held.
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
