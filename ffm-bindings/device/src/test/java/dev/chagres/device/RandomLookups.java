package dev.chagres.device;

import dev.chagres.lookup.ClampedIndex;
import dev.chagres.lookup.ListedValues;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.stage.TensorData;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Tables of all kinds, with gaps and columns that end early, and segments that look up entries of them: sums of
/// columns, which may lack axes, virtual tensors, derived columns. The same for the same seed.
final class RandomLookups {
    private final Random random;
    private final Map<Column, IntTensor> columns = new IdentityHashMap<>();
    private final Map<VirtualTensor, HostTensor> virtuals = new IdentityHashMap<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<Lookup> lookups = new ArrayList<>();
    private final Map<Table, int[]> counts = new IdentityHashMap<>();
    /// What can be changed so that a tuple is in no table.
    private final List<HostTensor> written = new ArrayList<>();

    /// @param terms most columns of a component
    RandomLookups(long seed, int terms) {
        random = new Random(seed);
        tables();
        for (Table table : tables) {
            IntTensor multiplicity = TestTensors.zero(table.multiplicity().shape(), 32);
            columns.put(table.multiplicity(), multiplicity);
            counts.put(table, new int[(int) multiplicity.size()]);
        }
        for (int i = 0; i < 12; i++) {
            lookup(i, tables.get(i % tables.size()), 1 + random.nextInt(terms));
        }
    }

    List<Lookup> lookups() {
        return lookups;
    }

    List<Table> tables() {
        if (tables.isEmpty()) {
            long[] gaps = {0, 32, 96, 160};
            add(5, Table.consecutive(5, 70), new TablePolynomial.Index(-20, 20));
            add(5, gaps, new TablePolynomial.Index(3, 20), key(5, 3), new ClampedIndex(-50, 40));
            add(4, new long[] {0}, new TablePolynomial.Index(0, 4), new TablePolynomial.FloorLog2(),
                    new TablePolynomial.Explicit(5, 4, 3, 2, 1, 0, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10));
            add(6, Table.consecutive(6, 128), new TablePolynomial.Digit(0, 3), new TablePolynomial.Digit(3, 4),
                    new ListedValues(random.ints(100, 0, 1 << 20).toArray(), 7), key(6, 2));
            add(4, Table.consecutive(4, 48), new TablePolynomial.Index(-8, 20), key(4, 2));
        }
        return tables;
    }

    private void add(int tileBits, long[] starts, TablePolynomial... of) {
        tables.add(new Table(tables.size() + 1, "table" + tables.size(), tileBits, starts, List.of(of)));
    }

    private TablePolynomial key(int tileBits, int tiles) {
        Column column = new Column("key", Shape.of(Axis.low("entry", tileBits), Axis.high("part", tiles)),
                Column.Tree.KEY);
        HostTensor values = TestTensors.zero(column.shape(), 32);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, random.nextInt(-1000, 1000));
        }
        columns.put(column, values);
        return new TablePolynomial.Key(column);
    }

    private void lookup(int number, Table table, int terms) {
        Axis token = Axis.low("token", 4);
        Axis channel = Axis.low("channel", random.nextInt(3));
        Axis block = Axis.high("block", 1 + random.nextInt(3));
        Shape shape = Shape.of(token, channel, block);
        int[] entries = new int[(int) shape.size()];
        for (int i = 0; i < entries.length; i++) {
            // Runs of equal entries, as padded rows make them.
            int slot = i > 0 && random.nextInt(3) > 0 ? slot(table, entries[i - 1])
                    : random.nextInt(counts.get(table).length);
            int tile = 1 << table.tileBits();
            entries[i] = Math.toIntExact(table.starts()[slot / tile] + slot % tile);
            counts.get(table)[slot]++;
        }
        List<TupleComponent> components = new ArrayList<>();
        for (int k = 0; k < table.columns().size(); k++) {
            components.add(component(table, k, entries, shape, terms, components));
        }
        lookups.add(new Lookup("lookup" + number, table, shape, components));
    }

    private static int slot(Table table, int entry) {
        return (int) table.slot(entry);
    }

    private int value(Table table, int k, int entry) {
        if (table.columns().get(k) instanceof TablePolynomial.Stored key) {
            IntTensor values = columns.get(key.column());
            int slot = slot(table, entry);
            return slot < values.size() ? values.get(slot) : 0;
        }
        return Math.toIntExact(table.columns().get(k).at(entry));
    }

    private TupleComponent component(Table table, int k, int[] entries, Shape shape, int terms,
            List<TupleComponent> before) {
        int[] rest = new int[entries.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = value(table, k, entries[i]);
        }
        if (k > 0 && table.columns().get(k) instanceof TablePolynomial.Stored key
                && before.getFirst() instanceof TupleComponent.Proved first && table.digitBits() == 0
                && table.firstRun() == table.starts().length) {
            Column derived = new Column("derived", shape, Column.Tree.WITNESS);
            columns.put(derived, new DerivedTensor(virtuals.get(first.virtual()),
                    HostTensor.of(columns.get(key.column())), table.firstValue()));
            return TupleComponent.of(derived);
        }
        if (terms == 1 && random.nextBoolean()) {
            VirtualTensor virtual = new VirtualTensor("virtual", shape);
            virtuals.put(virtual, store(shape, rest));
            return TupleComponent.of(virtual);
        }
        long offset = random.nextInt(-9, 10);
        List<TupleComponent.Term> sum = new ArrayList<>();
        for (int t = 1; t < terms; t++) {
            sum.add(term(shape, rest));
        }
        for (int i = 0; i < rest.length; i++) {
            rest[i] -= (int) offset;
        }
        Column last = new Column("last", shape, Column.Tree.WITNESS);
        columns.put(last, store(shape, rest));
        sum.add(new TupleComponent.Term(1, last));
        return new TupleComponent.Linear(offset, sum);
    }

    /// A random column of some axes, taken off what is left.
    private TupleComponent.Term term(Shape shape, int[] rest) {
        List<Axis> axes = new ArrayList<>(shape.lowAxes());
        axes.addAll(shape.highAxes());
        axes.removeIf(_ -> random.nextInt(3) == 0);
        Column column = new Column("term", Shape.of(axes.toArray(Axis[]::new)), Column.Tree.WITNESS);
        HostTensor values = TestTensors.zero(column.shape(), 16);
        for (long i = 0; i < values.size(); i++) {
            values.set(i, random.nextInt(-99, 100));
        }
        columns.put(column, values);
        int scale = random.nextInt(-3, 4);
        for (int i = 0; i < rest.length; i++) {
            rest[i] -= scale * values.get(project(i, shape, column.shape()));
        }
        return new TupleComponent.Term(scale, column);
    }

    /// The element of a column with fewer axes.
    private static int project(int i, Shape from, Shape to) {
        int inside = i & (1 << from.lowBits()) - 1;
        int element = 0;
        for (Axis a : to.lowAxes()) {
            element |= (inside >> from.lowOffset(a.name()) & (1 << a.bits()) - 1) << to.lowOffset(a.name());
        }
        return to.highAxes().isEmpty() ? element : element + (i >> from.lowBits() << to.lowBits());
    }

    private HostTensor store(Shape shape, int[] values) {
        HostTensor tensor = TestTensors.zero(shape, 32);
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
        written.add(tensor);
        return tensor;
    }

    TensorData data() {
        return TensorData.of(columns::get, virtuals::get);
    }

    /// How often each slot of a table is looked up.
    int[] counts(Table table) {
        return counts.get(table);
    }

    /// Changes one value of a tuple.
    void spoil() {
        HostTensor tensor = written.get(random.nextInt(written.size()));
        tensor.set(random.nextInt((int) tensor.size()), 1 << 20 | 1 << 29);
    }
}
