package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.Evaluation;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.graph.Section;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Witness;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The tables of a model in graphs of their own: 16 tuples looked up in one table, of which some are in another table
/// only and counted there. No relation binds the tuples, so that nothing but the tables is in question.
final class TablePairs {
    private static final int TUPLES = 16;

    private final List<Table> tables;
    private final Function<String, HostTensor> key;
    /// The tuples of all slots, modulo p, of tables that are not alone with their number of columns.
    private final Map<Table, List<List<Integer>>> entries = new LinkedHashMap<>();

    private TablePairs(CheatingProver p) {
        tables = p.spec().compile(p.sequence).graph().tables();
        key = p::keyTensor;
        for (Table t : tables) {
            if (tables.stream().filter(other -> other.columns().size() == t.columns().size()).count() > 1) {
                entries.put(t, all(t));
            }
        }
    }

    /// A pair of tables with equally many columns, of which the second has a tuple that the first lacks.
    record Pair(Table own, Table other, List<Integer> tuple) {}

    private List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (Table own : entries.keySet()) {
            Set<List<Integer>> tuples = new HashSet<>(entries.get(own));
            for (Table other : entries.keySet()) {
                if (own.columns().size() == other.columns().size()) {
                    entries.get(other).stream().filter(t -> !tuples.contains(t)).findFirst()
                            .ifPresent(t -> pairs.add(new Pair(own, other, t)));
                }
            }
        }
        return pairs;
    }

    private List<List<Integer>> all(Table table) {
        List<List<Integer>> result = new ArrayList<>();
        long[] starts = table.starts();
        for (long slot = 0; slot < table.multiplicity().shape().size(); slot++) {
            long at = slot;
            long entry = starts[(int) (slot >> table.tileBits())] + (slot & (1L << table.tileBits()) - 1);
            result.add(table.columns().stream().map(c -> switch (c) {
                case TablePolynomial.Key k -> {
                    HostTensor data = key.apply(k.column().name());
                    yield M31.embed(at < data.size() ? data.get(at) : 0);
                }
                case TablePolynomial closed -> M31.embed(closed.at(entry));
            }).toList());
        }
        return result;
    }

    /// Columns that are looked up and otherwise free.
    private record Looked(String name, List<Column> columns, List<Lookup> segments) implements Operation {
        static Looked in(Table table) {
            Shape shape = Shape.of(Axis.low("x", Axis.ceilLog2(TUPLES)));
            List<Column> columns = IntStream.range(0, table.columns().size())
                    .mapToObj(i -> new Column("looked." + i, shape, Column.Tree.WITNESS)).toList();
            return new Looked("looked", columns, List.of(new Lookup("looked", table, shape,
                    columns.stream().map(TupleComponent::of).toList())));
        }

        @Override
        public void evaluate(Evaluation run, int from, int to) {
            // The forger fills the columns.
        }

        @Override
        public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) {
            // Nothing binds them.
            return Kept.NOTHING;
        }
    }

    /// The verdict on lookups in one table whose first tuples are others'.
    ///
    /// @param lies tuples that are not in the table, in an order
    /// @param counted the table that each of them is counted in
    private String verdict(Table own, List<List<Integer>> lies, List<Table> counted) {
        Looked looked = Looked.in(own);
        List<Table> used = tables.stream().filter(t -> t == own || counted.contains(t)).toList();
        // A matrix of key columns has at least one.
        List<Table> filled = tables.stream().filter(t -> used.contains(t) || t.name().equals("layer0.activation")).toList();
        List<Column> keyColumns = filled.stream().flatMap(t -> t.columns().stream())
                .filter(TablePolynomial.Key.class::isInstance)
                .map(c -> ((TablePolynomial.Key) c).column()).distinct().toList();
        Graph graph = new Graph(keyColumns, List.of(new Section("looked", List.of(looked))), used);
        try (TrialGraph trial = new TrialGraph(graph, c -> key.apply(c.name()), TUPLES, new int[TUPLES]);
                Witness witness = trial.evaluate()) {
            List<List<Integer>> tuples = new ArrayList<>(lies);
            tuples.addAll(Collections.nCopies(TUPLES - lies.size(), entries.get(own).getFirst()));
            for (int x = 0; x < TUPLES; x++) {
                for (int i = 0; i < looked.columns.size(); i++) {
                    witness.of(looked.columns.get(i)).set(x, tuples.get(x).get(i));
                }
            }
            Lookups.count(graph, witness);
            for (int i = 0; i < lies.size(); i++) {
                HostTensor counts = HostTensor.of(witness.of(counted.get(i).multiplicity()));
                int slot = entries.get(counted.get(i)).indexOf(lies.get(i));
                counts.set(slot, counts.get(slot) + 1);
            }
            return trial.verdictOn(witness);
        }
    }

    /// For every pair, its names and the verdict on one tuple of the second table looked up in the first.
    static Map<String, String> oneByOne(CheatingProver p) {
        TablePairs all = new TablePairs(p);
        Map<String, String> verdicts = new LinkedHashMap<>();
        List<Pair> pairs = all.pairs();
        List<String> results = AttackMatrix.parallel(pairs,
                pair -> all.verdict(pair.own, List.of(pair.tuple), List.of(pair.other)));
        for (int i = 0; i < pairs.size(); i++) {
            verdicts.put(pairs.get(i).own + " and " + pairs.get(i).other, results.get(i));
        }
        return verdicts;
    }

    /// For every table, the verdict on lookups of one tuple of every other one.
    static Map<String, String> together(CheatingProver p) {
        TablePairs all = new TablePairs(p);
        Map<String, String> verdicts = new LinkedHashMap<>();
        for (Table own : all.tables) {
            List<Pair> pairs = all.pairs().stream().filter(pair -> pair.own == own).toList();
            if (!pairs.isEmpty()) {
                verdicts.put(own.name(), all.verdict(own, pairs.stream().map(Pair::tuple).toList(),
                        pairs.stream().map(Pair::other).toList()));
            }
        }
        return verdicts;
    }

    /// [#together(CheatingProver)] in the world that this class is loaded in.
    static Map<String, String> together(String pk, byte[] vk, int[] ids, int promptLength) throws IOException {
        try (CheatingProver p = new CheatingProver(Path.of(pk), VerifyingKey.decode(vk),
                new TokenSequence(ids, promptLength))) {
            return together(p);
        }
    }
}
