package dev.chagres.graph.op;

import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongToIntFunction;

/// One operation at one size, with the activations that it reads and its part of a model key.
///
/// Build it in this order: inputs, key columns, tables, operation.
final class OperationFixture {
    private final String what;
    private final RowBlocks rows;
    private final int[] tokens;
    private final LookupTables tables = new LookupTables();
    private final GivenRows given = new GivenRows();
    private final List<Column> keyColumns = new ArrayList<>();
    private final Map<Column, HostTensor> key = new IdentityHashMap<>();
    private final Map<Column, List<Long>> read = new LinkedHashMap<>();
    private Operation operation;

    /// @param what is special about it
    /// @param rows of the sequence, padded ones not included
    OperationFixture(String what, int rows) {
        this(what, rows, new int[0]);
    }

    /// @param tokens ids by row
    OperationFixture(String what, int rows, int[] tokens) {
        this.what = what;
        this.rows = RowBlocks.of(rows);
        this.tokens = tokens;
    }

    RowBlocks rows() {
        return rows;
    }

    LookupTables tables() {
        return tables;
    }

    /// Activations that the operation reads.
    ///
    /// @param channel name of the channel axis
    Column input(String name, Width width, String channel, GivenRows.Values values) {
        Column c = new Column(name, MatrixProduct.activation(rows, width, channel), Column.Tree.WITNESS);
        given.add(c, values);
        read.put(c, new ArrayList<>());
        return c;
    }

    /// Says that an operation makes use of the input at (row, channel), so that it cannot change alone.
    void reads(Column input, int row, int channel) {
        read.get(input).add(new ActivationIndex(input.shape()).of(row, channel));
    }

    /// A column of the key.
    ///
    /// @param bits 16 or 32
    /// @param values by element
    Column key(String name, Shape shape, int bits, LongToIntFunction values) {
        Column c = new Column(name, shape, Column.Tree.KEY, bits);
        keyColumns.add(c);
        put(c, bits, values);
        return c;
    }

    /// A table whose committed columns get their values, one function of the entry for each.
    Table filled(Table table, LongToIntFunction... values) {
        for (int i = 0; i < values.length; i++) {
            put(LookupTables.storedColumn(table, table.columns().size() - values.length + i), 32, values[i]);
        }
        return table;
    }

    private void put(Column column, int bits, LongToIntFunction values) {
        HostTensor t = TestTensors.zero(column.shape(), bits);
        for (long i = 0; i < t.size(); i++) {
            t.set(i, values.applyAsInt(i));
        }
        key.put(column, t);
    }

    /// A linear map with small random weights, zero in padded channels.
    MatrixProduct product(String name, Column input, Width in, Width out, long seed, int weightBound, int biasBound) {
        SplittableRandom random = new SplittableRandom(seed);
        Column weight = key(name + ".weight", MatrixProduct.weightShape(in, out), 16, x -> {
            int w = random.nextInt(-weightBound, weightBound + 1);
            long low = x & ((1L << (in.bits() + out.bits())) - 1);
            long tile = x >> (in.bits() + out.bits());
            long k = (tile % in.count() << in.bits()) + (low & ((1L << in.bits()) - 1));
            long j = (tile / in.count() << out.bits()) + (low >> in.bits());
            return isReal(in, k) && isReal(out, j) ? w : 0;
        });
        Column bias = key(name + ".bias", MatrixProduct.biasShape(out), 32, j -> {
            int b = random.nextInt(-biasBound, biasBound + 1);
            return isReal(out, j) ? b : 0;
        });
        return new MatrixProduct(input, weight, bias, in, out);
    }

    /// Whether a channel is not a padded one: the last ones are, or with heads the last ones of every head.
    static boolean isReal(Width width, long channel) {
        if (width.equals(Width.of(width.size()))) {
            return channel < width.size();
        }
        return (channel & ((1L << width.bits()) - 1)) < width.size() / width.count();
    }

    /// The operation, last.
    OperationFixture of(Operation tested) {
        operation = tested;
        return this;
    }

    Operation operation() {
        return operation;
    }

    /// Elements of the inputs that the operation makes use of.
    Map<Column, List<Long>> read() {
        return read;
    }

    /// Key data of a column.
    HostTensor key(Column column) {
        return key.get(column);
    }

    /// The graph of one section with its key.
    TrialGraph trial() {
        List<Column> columns = new ArrayList<>(keyColumns);
        columns.addAll(tables.keyColumns());
        Graph graph = new Graph(columns, List.of(new Section("section", List.of(given, operation))), tables.all());
        return new TrialGraph(graph, key::get, rows.padded(), tokens);
    }

    /// A number in [-bound, bound] that depends on all arguments.
    static int random(long seed, int row, int channel, int bound) {
        return new SplittableRandom(seed * 0x9E37_79B9L + row * 100_003L + channel).nextInt(-bound, bound + 1);
    }

    @Override
    public String toString() {
        return what;
    }
}
