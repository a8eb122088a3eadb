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
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The integers of one run: every witness column and every virtual tensor, 32 bits each, off-heap. Key columns come from the
/// key. Owns its memory until closed.
public final class Witness implements AutoCloseable {
    private Arena arena;
    private final Map<Column, IntTensor> columns = new IdentityHashMap<>();
    private final Map<Virtual, IntTensor> virtuals = new IdentityHashMap<>();
    private final Function<Column, IntTensor> key;
    private long bytes;

    /// Allocates zeroed memory for all tensors of the graph.
    ///
    /// @param key data of the key columns
    public Witness(Graph graph, Function<Column, IntTensor> key) {
        this(graph, key, Arena.ofShared(), (name, shape) -> Optional.empty());
    }

    private Witness(Graph graph, Function<Column, IntTensor> key, Arena arena, Known known) {
        this.key = key;
        this.arena = arena;
        for (Operation o : graph.operations()) {
            o.columns().forEach(c -> columns.put(c, tensor(c.name(), c.shape(), known)));
            for (Segment s : o.segments()) {
                for (Component c : s.components()) {
                    if (c instanceof Component.Proved p) {
                        virtuals.computeIfAbsent(p.virtual(), v -> tensor(v.name(), v.shape(), known));
                    }
                }
            }
        }
        for (Table t : graph.tables()) {
            columns.put(t.multiplicity(), tensor(t.multiplicity().name(), t.multiplicity().shape(), known));
        }
    }

    /// Tensors that are there already.
    private interface Known {
        Optional<IntTensor> find(String name, Shape shape);
    }

    private IntTensor tensor(String name, Shape shape, Known known) {
        return known.find(name, shape).orElseGet(() -> allocate(shape));
    }

    private IntTensor allocate(Shape shape) {
        long size = 4 * Memory.padded(shape.size());
        bytes += size;
        return new IntTensor(Memory.segment(arena, size).asSlice(0, 4 * shape.size()), 32);
    }

    /// Hands all tensors to another graph of the same model, matched by name; the tiles of a tensor there must be the first tiles of the tensor
    /// here. Tensors that are new there are zero.
    ///
    /// @return the owner of the memory from now on; this witness is closed
    /// @throws IllegalArgumentException if a tensor does not fit; this witness then is as before
    public Witness moveTo(Graph graph) {
        Map<String, Shape> shapes = new HashMap<>();
        Map<String, IntTensor> tensors = new HashMap<>();
        columns.forEach((c, t) -> {
            shapes.put(c.name(), c.shape());
            tensors.put(c.name(), t);
        });
        virtuals.forEach((v, t) -> {
            shapes.put(v.name(), v.shape());
            tensors.put(v.name(), t);
        });
        Witness moved = new Witness(graph, key, arena, (name, shape) -> Optional.ofNullable(tensors.get(name)).map(t -> {
            if (!shape.isPrefixOf(shapes.get(name))) {
                throw new IllegalArgumentException("the tiles of " + name + " are not the first ones of the tensor that is there");
            }
            return new IntTensor(t.data().asSlice(0, 4 * shape.size()), 32);
        }));
        moved.bytes += bytes;
        arena = null;
        columns.clear();
        virtuals.clear();
        return moved;
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
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }
}
