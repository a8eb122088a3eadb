package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.graph.Graph;
import dev.chagres.graph.Operation;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.lookup.MultiplicityCounter;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every operation must do, whatever it computes: its honest witness satisfies its lookups and is proved, no
/// tensor of it and no key column can change alone, and its evaluation does not depend on how rows are put together,
/// on threads, or on whether a row is a draft.
///
/// A test of an operation gives it at a few odd sizes ([#fixtures]) and has all of this.
@TestInstance(Lifecycle.PER_CLASS)
public abstract class OperationLaws {
    private static final Host ONE_THREAD = TestHosts.of(1);

    /// The operation at several sizes: one short block and several, padded rows and channels. A test makes each of
    /// them anew.
    abstract Stream<OperationFixture> fixtures();

    // --- the honest prover -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyTupleOfTheHonestWitnessIsInItsTable(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness witness = trial.evaluate()) {
            new MultiplicityCounter(witness::of, witness::of, ONE_THREAD).count(fixture.operation().segments());
            Map<Table, byte[]> counted = new LinkedHashMap<>();
            trial.graph().tables().forEach(t -> counted.put(t, bytes(HostTensor.of(witness.of(t.multiplicity())))));
            assertThat(Lookups.count(trial.graph(), witness)).as("lookups with tuples outside their table").isEmpty();
            counted.forEach((t, expected) ->
                    assertThat(bytes(HostTensor.of(witness.of(t.multiplicity()))))
                            .as("multiplicities of %s", t).isEqualTo(expected));
        }
    }

    private static byte[] bytes(HostTensor t) {
        return t.data().toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theHonestProofIsAccepted(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness witness = trial.evaluate()) {
            new MultiplicityCounter(witness::of, witness::of, ONE_THREAD).count(fixture.operation().segments());
            byte[] proof = trial.prove(witness, ProverOptions.CHECKED);
            assertThat(trial.verdict(proof)).isEqualTo(TrialGraph.ACCEPTED);
            // The dishonest prover of the laws below is this one when it does not lie.
            try (ForgedStream forged = new ForgedStream(
                    trial.graph(), TrialGraph.PARAMETERS, trial.commitment(), trial.input(), witness, Moves.NONE)) {
                assertThat(forged.whole()).isEqualTo(proof);
            }
        }
    }

    // --- dishonest ones ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("fixtures")
    void noTensorCanChangeAlone(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness witness = trial.evaluate()) {
            List<String> accepted = new ArrayList<>();
            fixture.operation().columns().forEach(c ->
                    accepted.addAll(changes(trial, witness, c.name(), HostTensor.of(witness.of(c)))));
            virtuals(fixture).forEach(v -> accepted.addAll(changes(trial, witness, v.name(), witness.of(v))));
            assertThat(accepted).as("changes that the verifier accepts").isEmpty();
        }
    }

    private static LinkedHashSet<VirtualTensor> virtuals(OperationFixture fixture) {
        LinkedHashSet<VirtualTensor> result = new LinkedHashSet<>();
        for (Lookup s : fixture.operation().segments()) {
            for (TupleComponent c : s.components()) {
                if (c instanceof TupleComponent.Proved(VirtualTensor virtual)) {
                    result.add(virtual);
                }
            }
        }
        return result;
    }

    /// An element and what is added to it.
    private record Change(long element, int delta) {
        void apply(HostTensor t) {
            t.set(element, t.get(element) + delta);
        }

        void undo(HostTensor t) {
            t.set(element, t.get(element) - delta);
        }
    }

    /// The first and the last element by one, either way, and some anywhere by one, by a power of two, and by what no
    /// table holds.
    private static List<Change> changes(HostTensor tensor, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return List.of(new Change(0, 1), new Change(tensor.size() - 1, -1),
                new Change(random.nextLong(tensor.size()), -1), new Change(random.nextLong(tensor.size()), 1),
                new Change(random.nextLong(tensor.size()), 1 << random.nextInt(1, 14)),
                new Change(random.nextLong(tensor.size()), tensor.width() == 32 ? 1 << 28 : 1 << 14));
    }

    /// @return the changes of a tensor that are accepted
    private static List<String> changes(TrialGraph trial, Witness witness, String name, HostTensor tensor) {
        List<String> accepted = new ArrayList<>();
        for (Change change : changes(tensor, name.hashCode())) {
            change.apply(tensor);
            if (isAccepted(trial, witness)) {
                accepted.add(name + ": " + change);
            }
            change.undo(tensor);
        }
        return accepted;
    }

    /// Whether the verifier accepts a witness, lookups counted as far as tuples are in their tables.
    private static boolean isAccepted(TrialGraph trial, Witness witness) {
        Lookups.count(trial.graph(), witness);
        return trial.verdictOn(witness).equals(TrialGraph.ACCEPTED);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void noInputCanChangeAlone(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness witness = trial.evaluate()) {
            List<String> accepted = new ArrayList<>();
            fixture.read().forEach((column, elements) -> {
                assertThat(elements).as("elements of %s that are read", column).isNotEmpty();
                for (long element : elements) {
                    Change change = new Change(element, 1);
                    change.apply(HostTensor.of(witness.of(column)));
                    if (isAccepted(trial, witness)) {
                        accepted.add(column + ": " + change);
                    }
                    change.undo(HostTensor.of(witness.of(column)));
                }
            });
            assertThat(accepted).as("changes that the verifier accepts").isEmpty();
        }
    }

    /// A prover that computes with other weights or tables than those of the key, with the commitment of the key or
    /// with its own.
    @ParameterizedTest
    @MethodSource("fixtures")
    void noKeyColumnCanChange(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness honest = trial.evaluate()) {
            List<String> accepted = new ArrayList<>();
            for (Column column : trial.graph().keyColumns()) {
                for (Change change : changes(trial.key(column), column.name().hashCode())) {
                    Map<Column, HostTensor> others = new IdentityHashMap<>();
                    others.put(column, copy(trial.key(column), column));
                    change.apply(others.get(column));
                    accepted.addAll(otherKey(trial, honest, others, column + ": " + change));
                }
            }
            assertThat(accepted).as("changes that the verifier accepts").isEmpty();
        }
    }

    private static HostTensor copy(HostTensor from, Column column) {
        HostTensor to = TestTensors.zero(column.shape(), from.width());
        MemorySegment.copy(from.data(), 0, to.data(), 0, from.data().byteSize());
        return to;
    }

    private static List<String> otherKey(
            TrialGraph trial, Witness honest, Map<Column, HostTensor> others, String what) {
        List<String> accepted = new ArrayList<>();
        Graph graph = trial.graph();
        try (Witness witness = new Witness(graph, c -> others.getOrDefault(c, trial.key(c)), ONE_THREAD.memory());
                MatrixCommitment own = MatrixCommitment.commit(TrialGraph.PARAMETERS, trial.commitment().layout(),
                        new TensorSource(c -> HostTensor.of(witness.of(c))), ONE_THREAD)) {
            Map<String, HostTensor> target = Tensors.of(graph, witness);
            Tensors.of(graph, honest).forEach((name, t) -> target.get(name).data().copyFrom(t.data()));
            Lookups.count(graph, witness);
            if (trial.verdictOn(witness).equals(TrialGraph.ACCEPTED)) {
                accepted.add(what + " under the commitment of the key");
            }
            if (trial.verdictOn(witness, own).equals(TrialGraph.ACCEPTED)) {
                accepted.add(what + " under its own commitment");
            }
        }
        return accepted;
    }

    // --- evaluation --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("fixtures")
    void rowsOneByOneAreRowsAtOnce(OperationFixture fixture) {
        try (TrialGraph trial = fixture.trial(); Witness atOnce = trial.evaluateNarrow(1, trial.rows())) {
            for (int threads = 1; threads <= 2; threads++) {
                for (int step : new int[] {1, 7, trial.rows()}) {
                    try (Witness inParts = trial.evaluateNarrow(threads, step)) {
                        Tensors.assertEqual(Tensors.of(trial.graph(), inParts), Tensors.of(trial.graph(), atOnce));
                    }
                }
            }
        }
    }

    /// The rows about the middle, which is where a block ends if there are two, are drafted after all before them.
    @ParameterizedTest
    @MethodSource("fixtures")
    void aDraftedRowIsTheRowThatIsEvaluated(OperationFixture fixture) {
        Operation operation = fixture.operation();
        try (TrialGraph trial = fixture.trial(); Witness whole = trial.evaluateNarrow(1, trial.rows());
                Witness drafted = new Witness(trial.graph(), trial::key, ONE_THREAD.memory());
                IntegerRun run = new IntegerRun(trial.graph(), drafted, trial.tokens(), ONE_THREAD)) {
            assertThat(operation.columns()).containsAll(operation.activations());
            int first = trial.rows() / 2 - 3;
            run.rows(0, first);
            for (int row = first; row < first + 6; row++) {
                run.draft(row);
                for (Column column : operation.activations()) {
                    ActivationIndex at = new ActivationIndex(column.shape());
                    for (int c = 0; c < ActivationIndex.channels(column.shape()); c++) {
                        assertThat(run.of(column).get(c)).as("%s at row %s, channel %s", column, row, c)
                                .isEqualTo(whole.of(column).get(at.of(row, c)));
                    }
                }
                for (Column column : operation.columns()) {
                    if (!operation.activations().contains(column)) {
                        assertThatThrownBy(() -> run.of(column)).hasMessageContaining(column + " has no draft");
                    }
                }
            }
        }
    }
}
