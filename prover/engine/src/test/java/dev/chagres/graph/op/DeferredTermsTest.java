package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredTerm;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.graph.Reduction;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.prove.witness.Witness;
import dev.chagres.relation.PrivateValue;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.sumcheck.SumcheckVerifier;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The deferred statements of norms one by one: each stops a lie that nothing else stops, and none can make up for
/// another one.
final class DeferredTermsTest {
    private static final Host HOST = TestHosts.of(1);
    private static final Width WIDTH = Width.of(16);
    private static final int SHIFT = 9;
    private static final int OUTPUT_BITS = 12;
    private static final int ROW = 5;
    /// Channels with one mantissa in a row, so that a bit of the channel may be anything there.
    private static final List<Integer> EQUAL = List.of(0, 1, 2, 4, 8);
    /// b (b - 1) is 2, and -2 modulo p.
    private static final int PLUS_TWO = 2;
    private static final int MINUS_TWO = 2_100_326_727;

    /// Two norms of inputs of their own, in a section each.
    ///
    /// @param without label of a term that neither party knows of; empty for none
    private static TrialGraph trial(String without) {
        RowBlocks rows = RowBlocks.of(16);
        LookupTables tables = new LookupTables();
        int[] eps = new int[IntegerSemantics.MAX_EXPONENT + 1];
        Arrays.setAll(eps, e -> e == 0 ? IntegerSemantics.MANT_MIN : 3 + e);
        int[] rsqrt = TableDefinitions.rsqrt(WIDTH.size(), SHIFT + 3);
        NormLookups lookups = NormLookups.of(tables, 4, eps, SHIFT, OUTPUT_BITS);
        Map<Column, HostTensor> key = new IdentityHashMap<>();
        Column table = LookupTables.storedColumn(lookups.rsqrt(), 1);
        key.put(table, TestTensors.zero(table.shape(), 32));
        for (int i = 0; i < rsqrt.length; i++) {
            key.get(table).set(i, rsqrt[i]);
        }
        List<Section> sections = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            Column x = new Column("x" + name, MatrixProduct.activation(rows, WIDTH, "channel"), Column.Tree.WITNESS);
            GivenRows given = new GivenRows();
            given.add(x, (row, c) -> EQUAL.contains(c) ? 900 + row : 600 + 7 * row + c);
            RmsNorm norm = new RmsNorm(name, WIDTH, x, eps, SHIFT, OUTPUT_BITS, lookups);
            sections.add(new Section(name, List.of(given, norm), List.of(),
                    List.of(given, new Without(norm, without))));
        }
        return new TrialGraph(new Graph(tables.keyColumns(), sections, tables.all()), key::get, rows.padded(),
                new int[0]);
    }

    /// A reduction with one term less.
    private record Without(RmsNorm norm, String label) implements Reduction {
        @Override
        public List<Operation> operations() {
            return List.of(norm);
        }

        @Override
        public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
            return norm.reduce(party, claims);
        }

        @Override
        public List<DeferredTerm> deferred(Kept kept) {
            return norm.deferred(kept).stream().filter(t -> !t.label().equals(label)).toList();
        }

        @Override
        public List<Column> deferredColumns() {
            return norm.deferredColumns();
        }
    }

    /// Says of squares what makes them right, wherever the peak is read.
    private static final Moves ADAPTIVE = new Moves() {
        @Override
        public boolean adapts(String sumcheck) {
            return sumcheck.endsWith("/squares");
        }
    };

    /// The verdict of a verifier on a prover that changes the witness before it counts.
    private static String verdict(TrialGraph trial, List<Lie> lies) {
        try (Witness witness = trial.evaluate()) {
            for (Lie lie : lies) {
                HostTensor tensor = tensor(trial, witness, lie.column);
                tensor.set(ROW, lie.value.apply(tensor.get(ROW)));
            }
            assertThat(Lookups.count(trial.graph(), witness)).as("lookups with tuples outside their table").isEmpty();
            try (ForgedStream stream = new ForgedStream(trial.graph(), TrialGraph.PARAMETERS, trial.commitment(),
                    trial.input(), witness, ADAPTIVE)) {
                String early = trial.verdict(stream.beforeOpening());
                return early.equals("format/truncated") ? trial.verdict(stream.whole()) : early;
            }
        }
    }

    private static HostTensor tensor(TrialGraph trial, Witness witness, String name) {
        return HostTensor.of(witness.of(trial.graph().witnessColumns().stream().filter(c -> c.name().equals(name))
                .findFirst().orElseThrow()));
    }

    /// A changed value.
    ///
    /// @param term the only one that it breaks
    private record Lie(String term, String column, Function<Integer, Integer> value) {
        @Override
        public String toString() {
            return term;
        }
    }

    static Stream<Lie> lies() {
        return Stream.of("a", "b").flatMap(norm -> {
            List<Lie> lies = new ArrayList<>(List.of(
                    new Lie(norm + ".peak", norm + ".peak", v -> v + 1),
                    // In the same range of the table of logarithms.
                    new Lie(norm + ".scale", norm + ".restPair", v -> v ^ 1),
                    new Lie(norm + ".root", norm + ".rootPair", v -> v ^ 1)));
            for (int b = 0; b < WIDTH.bits(); b++) {
                lies.add(new Lie(norm + ".bit" + b, norm + ".channelBit" + b, _ -> PLUS_TWO));
            }
            return lies.stream();
        });
    }

    @Test
    void theHonestWitnessIsAccepted() {
        try (TrialGraph trial = trial("")) {
            assertThat(verdict(trial, List.of())).isEqualTo(TrialGraph.ACCEPTED);
        }
    }

    @ParameterizedTest
    @MethodSource("lies")
    void everyTermStopsALieThatNothingElseStops(Lie lie) {
        try (TrialGraph trial = trial(""); TrialGraph without = trial(lie.term)) {
            assertThat(verdict(trial, List.of(lie))).isEqualTo("sumcheck/rows");
            assertThat(verdict(without, List.of(lie))).as("without %s", lie).isEqualTo(TrialGraph.ACCEPTED);
        }
    }

    /// All terms of all norms are there.
    @Test
    void thereIsALieForEveryTerm() {
        try (TrialGraph trial = trial("")) {
            Set<String> terms = new TreeSet<>();
            trial.graph().operations().forEach(o -> {
                if (o instanceof RmsNorm norm) {
                    norm.deferred(kept(norm, new Random(1))).forEach(t -> terms.add(t.label()));
                }
            });
            assertThat(lies().map(Lie::term)).containsExactlyInAnyOrderElementsOf(terms);
        }
    }

    // --- two errors that cancel in every row -------------------------------------------------------------------------

    /// A bit of each norm whose errors are 2 and -2 in the same row.
    private static List<Lie> opposite(int bitOfFirst, int bitOfSecond) {
        return List.of(new Lie("", "a.channelBit" + bitOfFirst, _ -> PLUS_TWO),
                new Lie("", "b.channelBit" + bitOfSecond, _ -> MINUS_TWO));
    }

    @Test
    void errorsOfTwoNormsDoNotCancel() {
        assertThat(M31.mul(MINUS_TWO, M31.sub(MINUS_TWO, 1))).isEqualTo(M31.embed(-2));
        try (TrialGraph trial = trial("")) {
            assertThat(verdict(trial, opposite(1, 1))).isEqualTo("sumcheck/rows");
            assertThat(verdict(trial, opposite(1, 0))).isEqualTo("sumcheck/rows");
        }
    }

    /// With other powers of alpha the same statements do not prove the same: the two errors cancel where they share
    /// one, whatever the challenges are.
    @Test
    void withSharedPowersTheyWouldCancel() throws Rejection {
        int terms = 3 + WIDTH.bits();
        for (int seed = 0; seed < 5; seed++) {
            // Numbered through; by their number in the norm; norm i times alpha^i, its bits times alpha^(2 + bit).
            assertThat(accepted(opposite(1, 1), (norm, t) -> norm * terms + t, seed)).isFalse();
            assertThat(accepted(opposite(1, 0), (norm, t) -> norm * terms + t, seed)).isFalse();
            assertThat(accepted(opposite(1, 1), (_, t) -> t, seed)).isTrue();
            assertThat(accepted(opposite(1, 0), (norm, t) -> norm + t, seed)).isTrue();
            assertThat(accepted(List.of(), (norm, t) -> norm * terms + t, seed)).isTrue();
        }
    }

    // --- when the challenges are drawn -------------------------------------------------------------------------------

    /// Whoever knows alpha before the values of the peaks are fixed says false ones that make up for each other.
    @Test
    void falseValuesWouldPassIfAlphaWereKnown() throws Rejection {
        int terms = 3 + WIDTH.bits();
        IntBinaryOperator numbered = (norm, t) -> norm * terms + t;
        assertThat(accepted(List.of(), numbered, 1, alpha -> List.of(power(alpha, terms), QM31.ONE.neg()))).isTrue();
        assertThat(accepted(List.of(), numbered, 1, _ -> List.of(QM31.ONE, QM31.ONE.neg()))).isFalse();
    }

    /// So its fork follows from every message of every other one.
    @Test
    void theLastForkFollowsFromAllOthers() {
        try (TrialGraph trial = trial(""); Witness witness = trial.evaluate()) {
            Lookups.count(trial.graph(), witness);
            int sections = trial.graph().sections().size();
            Set<String> states = new TreeSet<>();
            for (int changed = -2; changed <= sections; changed++) {
                states.add(stateAfterJoin(trial, witness, sections + 1, changed));
            }
            // Nothing changed, the common transcript, both sections, the tables.
            assertThat(states).hasSize(sections + 3);
        }
    }

    /// The state from which a fork starts when the first message of another one is changed.
    private static String stateAfterJoin(TrialGraph trial, Witness witness, int number, int changed) {
        String[] state = {""};
        boolean[] done = {false};
        Moves moves = new Moves() {
            @Override
            public void forked(int fork, Transcript copy) {
                if (fork == number) {
                    state[0] = HexFormat.of().formatHex(copy.state());
                }
            }

            @Override
            public byte[] message(int fork, String tag, byte[] data) {
                if (fork != changed || done[0]) {
                    return data;
                }
                done[0] = true;
                byte[] other = data.clone();
                other[0] ^= 1;
                return other;
            }
        };
        try (ForgedStream stream = new ForgedStream(
                trial.graph(), TrialGraph.PARAMETERS, trial.commitment(), trial.input(), witness, moves)) {
            stream.beforeOpening();
            return state[0];
        }
    }

    // --- the stage alone ---------------------------------------------------------------------------------------------

    private static boolean accepted(List<Lie> lies, IntBinaryOperator powers, int seed) throws Rejection {
        return accepted(lies, powers, seed, _ -> List.of(QM31.ZERO, QM31.ZERO));
    }

    /// Whether the stage after the join would accept a changed witness if term t of norm i had a given power of alpha.
    ///
    /// @param errors what is added to the true values of the peaks, by alpha
    private static boolean accepted(List<Lie> lies, IntBinaryOperator powers, int seed,
            Function<QM31, List<QM31>> errors) throws Rejection {
        try (TrialGraph trial = trial(""); Witness witness = trial.evaluate()) {
            lies.forEach(lie -> {
                HostTensor tensor = tensor(trial, witness, lie.column);
                tensor.set(ROW, lie.value.apply(tensor.get(ROW)));
            });
            Random random = new Random(seed);
            QM31 alpha = TestTensors.elements(random, 1)[0];
            List<Expression> sums = new ArrayList<>();
            List<Expression> zeros = new ArrayList<>();
            QM31 claim = QM31.ZERO;
            List<RmsNorm> norms = trial.graph().operations().stream().filter(o -> o instanceof RmsNorm)
                    .map(o -> (RmsNorm) o).toList();
            DeferredTerm.Group group = null;
            for (int i = 0; i < norms.size(); i++) {
                Kept kept = kept(norms.get(i), random);
                kept.values()[0] = PrivateValue.known(
                        read(norms.get(i), kept, witness).add(errors.apply(alpha).get(i)));
                List<DeferredTerm> terms = norms.get(i).deferred(kept);
                for (int t = 0; t < terms.size(); t++) {
                    group = terms.get(t).group();
                    QM31 power = power(alpha, powers.applyAsInt(i, t));
                    switch (terms.get(t)) {
                        case DeferredTerm.Sum s -> {
                            sums.add(s.expression().times(power));
                            claim = claim.add(s.sum().number().mul(power));
                        }
                        case DeferredTerm.Zero z -> zeros.add(z.expression().times(power));
                    }
                }
            }
            sums.add(Expression.of(new EqFactor(group.variables(), TestTensors.elements(random, group.bits())))
                    .times(new Expression.Sum(zeros)));
            return accepted(new Statement(group.variables(), new Expression.Sum(sums)), claim, witness);
        }
    }

    private static boolean accepted(Statement statement, QM31 claim, Witness witness) throws Rejection {
        ProverChannel channel = new ProverChannel(Transcript.start("deferred"));
        SumcheckProver.prove(channel, "deferred/rows", statement, claim, witness::of, HOST.stages(), false, _ -> { });
        VerifierChannel verifier = new VerifierChannel(Transcript.start("deferred"), channel.bytes());
        List<Claim> claims = new ArrayList<>();
        try {
            SumcheckVerifier.verify(verifier, "deferred/rows", statement, PrivateValue.known(claim), claims::add);
        } catch (Rejection r) {
            assertThat(r.check()).isEqualTo("sumcheck/rows");
            return false;
        }
        assertThat(claims).isNotEmpty().allSatisfy(c -> assertThat(TensorEvaluation.evaluate(
                witness.of(c.column()), c.column().shape(), c.low(), c.weights(), HOST)).isEqualTo(c.value().number()));
        return true;
    }

    private static QM31 power(QM31 alpha, int n) {
        QM31 power = QM31.ONE;
        for (int i = 0; i < n; i++) {
            power = power.mul(alpha);
        }
        return power;
    }

    /// Any points, and any value of the peak.
    private static Kept kept(RmsNorm norm, Random random) {
        int rows = norm.rowShape().lowBits();
        return NormRows.keep(TestTensors.elements(random, rows), TestTensors.elements(random, rows),
                TestTensors.elements(random, norm.channelBit.length), PrivateValue.ONE);
    }

    /// The true value of the peak's polynomial at kept points.
    private static QM31 read(RmsNorm norm, Kept kept, Witness witness) {
        Expression peak = norm.deferred(kept).getFirst().expression();
        List<Variable> variables = norm.deferred(kept).getFirst().group().variables();
        QM31 sum = QM31.ZERO;
        for (int row = 0; row < 16; row++) {
            QM31[] at = new QM31[4];
            for (int i = 0; i < at.length; i++) {
                at[i] = QM31.of(row >> i & 1);
            }
            int r = row;
            sum = sum.add(peak.evaluate(f -> switch (f) {
                case PublicFactor p -> p.evaluate(Point.split(variables, at));
                case ColumnFactor c -> QM31.embed(witness.of(c.column()).get(r));
                case DerivedFactor d -> throw new IllegalStateException(d.label());
            }));
        }
        return sum;
    }
}
