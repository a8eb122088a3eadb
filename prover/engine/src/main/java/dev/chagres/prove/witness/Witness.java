package dev.chagres.prove.witness;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Section;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.stage.WitnessData;
import dev.chagres.prove.store.Epoch;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The integers of one run: every witness column and every virtual tensor, in a [SpillStore] with two groups for each
/// section of the graph: the columns that other sections read ([Graph#outputs]), and all else. Key columns come from
/// the key. Owns the store until closed.
///
/// Columns of [Operation#derived()] are not stored: their values are looked up when they are read. A witness of a
/// cheating prover stores them, because there they need not be what the key says.
///
/// The tensors of a section can be read and written while the section is in use ([#use]); single tiles can be read at
/// any time through [#source(FieldKernels)].
public final class Witness implements WitnessData, AutoCloseable {
    private SpillStore store;
    private final boolean honest;
    private final Map<Column, Derivation> derivations = new IdentityHashMap<>();
    private final Map<Column, Place> columns = new IdentityHashMap<>();
    private final Map<VirtualTensor, Place> virtuals = new IdentityHashMap<>();
    private final Map<Position, Place> places = new HashMap<>();
    /// Groups by section, the multiplicities last.
    private final List<Set<SpillStore.Group>> groups = new ArrayList<>();
    /// What others read of a section.
    private final List<Set<SpillStore.Group>> outputs = new ArrayList<>();
    /// What a section reads of others.
    private final List<Set<SpillStore.Group>> reads = new ArrayList<>();
    private final Function<Column, HostTensor> key;

    /// Which tensor of a graph: the graphs of one model have the same ones in the same order, as far as they have them.
    ///
    /// @param number in the order of operations, columns before virtual tensors
    private record Position(int section, int number) {}

    /// Where a tensor lies.
    private static final class Place {
        private final SpillStore.Group group;
        private final long offset;
        private final Shape shape;
        private final int bits;
        /// The tensor at the address and in the epoch it was last seen in.
        private HostTensor tensor;

        Place(SpillStore.Group group, long offset, Shape shape, int bits) {
            this.group = group;
            this.offset = offset;
            this.shape = shape;
            this.bits = bits;
        }

        long bytes() {
            return shape.size() * (bits / 8);
        }

        HostTensor tensor() {
            return tensor(group.epoch());
        }

        HostTensor tensor(Epoch epoch) {
            long address = group.address() + offset;
            HostTensor seen = tensor;
            if (seen == null || seen.room().address() != address || seen.epoch().orElse(null) != epoch) {
                seen = new HostTensor(MemorySegment.ofAddress(address).reinterpret(bytes()), bits, epoch, offset);
                tensor = seen;
            }
            return seen;
        }
    }

    /// A witness that stays in memory, every tensor stored, all values 32 bits wide: any value fits, which a cheating
    /// prover may want.
    ///
    /// @param key data of the key columns
    /// @param pool where tensors live
    public Witness(Graph graph, Function<Column, HostTensor> key, MemoryPool pool) {
        this(graph, key, SpillStore.unbounded(pool), false, Map.of());
    }

    /// A witness in a store, values as wide as their columns say, columns that follow from others derived; what is
    /// stored is zero at first.
    ///
    /// @param key data of the key columns
    /// @param store empty; owned from now on
    public Witness(Graph graph, Function<Column, HostTensor> key, SpillStore store) {
        this(graph, key, store, true, Map.of());
    }

    private Witness(Graph graph, Function<Column, HostTensor> key, SpillStore store, boolean honest,
            Map<Position, Place> known) {
        this.key = key;
        this.store = store;
        this.honest = honest;
        for (Section section : graph.sections()) {
            Builder builder = new Builder(section.name(), groups.size(), known, graph.outputs(groups.size()));
            for (Operation o : section.operations()) {
                if (honest) {
                    o.derived().forEach(c -> derivations.put(c, Derivation.of(o, c)));
                }
                for (Column c : o.columns()) {
                    if (!derivations.containsKey(c)) {
                        columns.put(c, builder.place(c));
                    }
                }
                for (Lookup s : o.segments()) {
                    for (TupleComponent c : s.components()) {
                        if (c instanceof TupleComponent.Proved p) {
                            virtuals.computeIfAbsent(p.virtual(), v -> builder.place(v.name(), v.shape(), v.bits()));
                        }
                    }
                }
            }
            groups.add(builder.groups);
            outputs.add(graph.outputs(outputs.size()).stream().map(c -> place(c).group).collect(Collectors.toSet()));
            reads.add(section.inputs().stream().map(c -> place(c).group).collect(Collectors.toSet()));
        }
        Builder tables = new Builder("tables", groups.size(), known, List.of());
        for (Table t : graph.tables()) {
            Column c = t.multiplicity();
            columns.put(c, tables.place(c.name(), c.shape(), 32));
        }
        groups.add(tables.groups);
    }

    /// Places the tensors of one section.
    private final class Builder {
        private final SpillStore.Group added;
        private final SpillStore.Group out;
        private final Set<Column> outputs = Collections.newSetFromMap(new IdentityHashMap<>());
        private final int section;
        private final Map<Position, Place> known;
        private final Set<SpillStore.Group> groups = new LinkedHashSet<>();

        private int number;

        Builder(String name, int section, Map<Position, Place> known, List<Column> outputs) {
            this.added = store.group(name);
            this.out = outputs.isEmpty() ? added : store.group("output of " + name);
            this.outputs.addAll(outputs);
            this.section = section;
            this.known = known;
        }

        Place place(Column column) {
            return place(outputs.contains(column) ? out : added, column.name(), column.shape(), column.bits());
        }

        Place place(String name, Shape shape, int bits) {
            return place(added, name, shape, bits);
        }

        private Place place(SpillStore.Group group, String name, Shape shape, int bits) {
            Place place;
            Position position = new Position(section, number++);
            Place there = known.get(position);
            if (there != null) {
                if (!shape.isPrefixOf(there.shape)) {
                    throw new IllegalArgumentException(
                            "the tiles of " + name + " are not the first ones of the tensor that is there");
                }
                place = new Place(there.group, there.offset, shape, there.bits);
            } else {
                int width = honest ? bits : 32;
                place = new Place(group, group.add(shape.size() * (width / 8)), shape, width);
            }
            places.put(position, place);
            groups.add(place.group);
            return place;
        }
    }

    /// Hands all tensors to another graph of the same model, matched by their positions; the tiles of a tensor there
    /// must be the first tiles of the tensor here. Tensors that are new there are zero.
    ///
    /// @param keyOfGraph data of the key columns of that graph
    /// @return the owner of the memory from now on; this witness is closed
    /// @throws IllegalArgumentException if a tensor does not fit; this witness then is as before
    public Witness moveTo(Graph graph, Function<Column, HostTensor> keyOfGraph) {
        Witness moved = new Witness(graph, keyOfGraph, store, honest, places);
        store = null;
        columns.clear();
        virtuals.clear();
        return moved;
    }

    /// Tensors that stay where they are until this is closed.
    public interface Use extends WitnessData.Use {}

    @Override
    public Use use(int section, boolean write) {
        Set<SpillStore.Group> own = groups.get(section);
        Set<SpillStore.Group> wanted = new LinkedHashSet<>(groups.getLast());
        if (section < groups.size() - 1) {
            wanted.addAll(reads.get(section));
            wanted.addAll(own);
        }
        return use(wanted, write ? own : Set.of());
    }

    private static Use use(Set<SpillStore.Group> wanted, Set<SpillStore.Group> written) {
        List<SpillStore.Use> uses = new ArrayList<>();
        Use all = new Use() {
            @Override
            public void settle() {
                uses.forEach(SpillStore.Use::settle);
            }

            @Override
            public void close() {
                uses.forEach(SpillStore.Use::close);
            }
        };
        try {
            wanted.forEach(g -> uses.add(g.use(written.contains(g))));
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /// Makes the columns of a section that others read usable, and nothing else.
    ///
    /// @param write whether their values change
    public Use useOutputs(int section, boolean write) {
        return use(outputs.get(section), write ? outputs.get(section) : Set.of());
    }

    /// Gives up what only the section itself reads.
    public void forget(int section) {
        groups.get(section).stream().filter(g -> !outputs.get(section).contains(g)).forEach(SpillStore.Group::forget);
    }

    /// Data of a key column, or of a witness column of a section in use.
    @Override
    public IntTensor of(Column column) {
        if (column.tree() != Column.Tree.WITNESS) {
            return key.apply(column);
        }
        Derivation derivation = derivations.get(column);
        return derivation == null ? place(column).tensor() : derived(derivation);
    }

    private DerivedTensor derived(Derivation from) {
        return new DerivedTensor(virtuals.get(from.index()).tensor(), key.apply(from.table()), from.base());
    }

    /// Where a column lies, or what it follows from.
    private Place place(Column column) {
        Derivation derivation = derivations.get(column);
        Place p = derivation == null ? columns.get(column) : virtuals.get(derivation.index());
        if (p == null) {
            throw new IllegalArgumentException("no data for column " + column);
        }
        return p;
    }

    /// Data of a virtual tensor of a section in use.
    @Override
    public HostTensor of(VirtualTensor virtual) {
        Place p = virtuals.get(virtual);
        if (p == null) {
            throw new IllegalArgumentException("no data for virtual tensor " + virtual.name());
        }
        return p.tensor();
    }

    /// Tiles of all columns, whether their section is in use or not.
    ///
    /// @param kernels that look up derived values
    public TileSource source(FieldKernels kernels) {
        return new TileSource() {
            @Override
            public int bits(Column column) {
                if (column.tree() != Column.Tree.WITNESS) {
                    return key.apply(column).width();
                }
                return derivations.containsKey(column) ? 32 : place(column).bits;
            }

            @Override
            public Optional<IntTensor> whole(Column column) {
                if (column.tree() != Column.Tree.WITNESS) {
                    HostTensor t = key.apply(column);
                    return t.epoch().isPresent() ? Optional.of(t) : Optional.empty();
                }
                Place p = place(column);
                Epoch epoch = p.group.unused();
                if (epoch == null) {
                    return Optional.empty();
                }
                HostTensor stored = p.tensor(epoch);
                Derivation from = derivations.get(column);
                return Optional.of(from == null ? stored
                        : new DerivedTensor(stored, key.apply(from.table()), from.base()));
            }

            @Override
            public long ints(Column column, int tile, long from, long count, long scratch) {
                long first = ((long) tile << column.shape().lowBits()) + from;
                if (column.tree() != Column.Tree.WITNESS) {
                    HostTensor t = key.apply(column);
                    return t.address() + first * (t.width() / 8);
                }
                Place p = place(column);
                long bytes = p.bits / 8;
                long stored = p.group.read(p.offset + first * bytes, count * bytes, scratch);
                Derivation derivation = derivations.get(column);
                if (derivation == null) {
                    return stored;
                }
                if (p.bits != 32 && stored == scratch) { // values would be written over indices that are not read yet
                    throw new IllegalStateException(column + ": indices of " + p.bits + " bits that were spilled");
                }
                HostTensor table = key.apply(derivation.table());
                kernels.gatherInts(
                        scratch, table.address(), derivation.base(), table.size(), stored, p.bits, count);
                return scratch;
            }
        };
    }

    /// Number of the section whose operation has the column; the number of sections for multiplicities.
    public int section(Column column) {
        SpillStore.Group group = place(column).group;
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).contains(group)) {
                return i;
            }
        }
        throw new IllegalStateException("no section has column " + column);
    }

    /// The store of the tensors.
    public SpillStore store() {
        return store;
    }

    /// Says that values may change from now on, though nobody uses them: copies of them are given up.
    public void endEpochs() {
        if (store != null) {
            store.endEpochs();
        }
    }

    /// Bytes of what a section reads of others.
    public long inputBytes(int section) {
        return reads.get(section).stream().mapToLong(SpillStore.Group::bytes).sum();
    }

    /// Bytes of what others read of a section; 0 for the tables.
    public long outputBytes(int section) {
        return section == outputs.size() ? 0 : outputs.get(section).stream().mapToLong(SpillStore.Group::bytes).sum();
    }

    /// Bytes of the groups of a section alone.
    public long sectionBytes(int section) {
        return groups.get(section).stream().mapToLong(SpillStore.Group::bytes).sum();
    }

    /// Bytes of all tensors.
    public long bytes() {
        Set<SpillStore.Group> all = new LinkedHashSet<>();
        groups.forEach(all::addAll);
        return all.stream().mapToLong(SpillStore.Group::bytes).sum();
    }

    @Override
    public void close() {
        if (store != null) {
            store.close();
            store = null;
        }
    }
}
