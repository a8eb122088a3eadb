package dev.chagres.prove;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Section;
import dev.chagres.lookup.Component;
import dev.chagres.lookup.Segment;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.Virtual;
import dev.chagres.prove.commit.TileSource;
import dev.chagres.prove.store.TensorStore;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The integers of one run: every witness column and every virtual tensor, in a [TensorStore] with one group for each section of
/// the graph. Key columns come from the key. Owns the store until closed.
///
/// The tensors of a section can be read and written while the section is in use ([#use]); single tiles can be read at any
/// time through [#source()].
public final class Witness implements AutoCloseable {
    private TensorStore store;
    private final boolean narrow;
    private final Map<Column, Place> columns = new IdentityHashMap<>();
    private final Map<Virtual, Place> virtuals = new IdentityHashMap<>();
    /// Groups by section, the multiplicities last.
    private final List<Set<TensorStore.Group>> groups = new ArrayList<>();
    private final Function<Column, IntTensor> key;

    /// Where a tensor lies.
    private static final class Place {
        private final TensorStore.Group group;
        private final long offset;
        private final Shape shape;
        private final int bits;
        /// The tensor at the address it was last seen at.
        private IntTensor tensor;

        Place(TensorStore.Group group, long offset, Shape shape, int bits) {
            this.group = group;
            this.offset = offset;
            this.shape = shape;
            this.bits = bits;
        }

        long bytes() {
            return shape.size() * (bits / 8);
        }

        IntTensor tensor() {
            long address = group.address() + offset;
            IntTensor seen = tensor;
            if (seen == null || seen.address() != address) {
                seen = new IntTensor(MemorySegment.ofAddress(address).reinterpret(bytes()), bits);
                tensor = seen;
            }
            return seen;
        }
    }

    /// A witness that stays in memory, all values 32 bits wide: any value fits, which a cheating prover may want.
    ///
    /// @param key data of the key columns
    public Witness(Graph graph, Function<Column, IntTensor> key) {
        this(graph, key, TensorStore.unbounded(), false, Map.of());
    }

    /// A witness in a store, values as wide as their columns say; zero at first.
    ///
    /// @param key data of the key columns
    /// @param store empty; owned from now on
    public Witness(Graph graph, Function<Column, IntTensor> key, TensorStore store) {
        this(graph, key, store, true, Map.of());
    }

    private Witness(Graph graph, Function<Column, IntTensor> key, TensorStore store, boolean narrow,
            Map<String, Place> known) {
        this.key = key;
        this.store = store;
        this.narrow = narrow;
        for (Section section : graph.sections()) {
            Builder builder = new Builder(section.name(), known);
            for (Operation o : section.operations()) {
                o.columns().forEach(c -> columns.put(c, builder.place(c.name(), c.shape(), c.bits())));
                for (Segment s : o.segments()) {
                    for (Component c : s.components()) {
                        if (c instanceof Component.Proved p) {
                            virtuals.computeIfAbsent(p.virtual(), v -> builder.place(v.name(), v.shape(), v.bits()));
                        }
                    }
                }
            }
            groups.add(builder.groups);
        }
        Builder tables = new Builder("tables", known);
        for (Table t : graph.tables()) {
            Column c = t.multiplicity();
            columns.put(c, tables.place(c.name(), c.shape(), 32));
        }
        groups.add(tables.groups);
    }

    /// Places the tensors of one section.
    private final class Builder {
        private final TensorStore.Group added;
        private final Map<String, Place> known;
        private final Set<TensorStore.Group> groups = new LinkedHashSet<>();

        Builder(String name, Map<String, Place> known) {
            this.added = store.group(name);
            this.known = known;
        }

        Place place(String name, Shape shape, int bits) {
            Place place;
            Place there = known.get(name);
            if (there != null) {
                if (!shape.isPrefixOf(there.shape)) {
                    throw new IllegalArgumentException(
                            "the tiles of " + name + " are not the first ones of the tensor that is there");
                }
                place = new Place(there.group, there.offset, shape, there.bits);
            } else {
                int width = narrow ? bits : 32;
                place = new Place(added, added.add(shape.size() * (width / 8)), shape, width);
            }
            groups.add(place.group);
            return place;
        }
    }

    /// Hands all tensors to another graph of the same model, matched by name; the tiles of a tensor there must be the first tiles of the tensor
    /// here. Tensors that are new there are zero.
    ///
    /// @return the owner of the memory from now on; this witness is closed
    /// @throws IllegalArgumentException if a tensor does not fit; this witness then is as before
    public Witness moveTo(Graph graph) {
        Map<String, Place> known = new HashMap<>();
        columns.forEach((c, p) -> known.put(c.name(), p));
        virtuals.forEach((v, p) -> known.put(v.name(), p));
        Witness moved = new Witness(graph, key, store, narrow, known);
        store = null;
        columns.clear();
        virtuals.clear();
        return moved;
    }

    /// Tensors that stay where they are until this is closed.
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    /// Makes the tensors of a section, of the section before, whose stream it reads, and the multiplicities usable.
    ///
    /// @param section number of the section; the number of sections for the multiplicities alone
    /// @param write whether values of the section change; multiplicities always may
    public Use use(int section, boolean write) {
        Set<TensorStore.Group> wanted = new LinkedHashSet<>();
        if (section < groups.size() - 1) {
            if (section > 0) {
                wanted.addAll(groups.get(section - 1));
            }
            wanted.addAll(groups.get(section));
        }
        List<TensorStore.Use> uses = new ArrayList<>();
        Use all = () -> uses.forEach(TensorStore.Use::close);
        try {
            groups.getLast().forEach(g -> uses.add(g.use(true)));
            wanted.forEach(g -> uses.add(g.use(write)));
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /// Data of a key column, or of a witness column of a section in use.
    public IntTensor of(Column column) {
        if (column.tree() == Column.Tree.KEY) {
            return key.apply(column);
        }
        return place(column).tensor();
    }

    private Place place(Column column) {
        Place p = columns.get(column);
        if (p == null) {
            throw new IllegalArgumentException("no data for column " + column);
        }
        return p;
    }

    /// Data of a virtual tensor of a section in use.
    public IntTensor of(Virtual virtual) {
        Place p = virtuals.get(virtual);
        if (p == null) {
            throw new IllegalArgumentException("no data for virtual tensor " + virtual.name());
        }
        return p.tensor();
    }

    /// Tiles of all columns, whether their section is in use or not.
    public TileSource source() {
        return new TileSource() {
            @Override
            public int bits(Column column) {
                return column.tree() == Column.Tree.KEY ? key.apply(column).width() : place(column).bits;
            }

            @Override
            public long ints(Column column, int tile, long from, long count, long scratch) {
                long first = ((long) tile << column.shape().lowBits()) + from;
                if (column.tree() == Column.Tree.KEY) {
                    IntTensor t = key.apply(column);
                    return t.address() + first * (t.width() / 8);
                }
                Place p = place(column);
                long bytes = p.bits / 8;
                return p.group.read(p.offset + first * bytes, count * bytes, scratch);
            }
        };
    }

    /// Number of the section whose operation has the column; the number of sections for multiplicities.
    int section(Column column) {
        TensorStore.Group group = place(column).group;
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).contains(group)) {
                return i;
            }
        }
        throw new IllegalStateException("no section has column " + column);
    }

    /// The store of the tensors.
    public TensorStore store() {
        return store;
    }

    /// Bytes of the groups of a section alone.
    long sectionBytes(int section) {
        return groups.get(section).stream().mapToLong(TensorStore.Group::bytes).sum();
    }

    /// Bytes of all tensors.
    public long bytes() {
        Set<TensorStore.Group> all = new LinkedHashSet<>();
        groups.forEach(all::addAll);
        return all.stream().mapToLong(TensorStore.Group::bytes).sum();
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
            store = null;
        }
    }
}
