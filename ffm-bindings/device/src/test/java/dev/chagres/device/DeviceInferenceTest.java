package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.graph.Graph;
import dev.chagres.graph.RowBlocks;
import dev.chagres.graph.Section;
import dev.chagres.graph.Width;
import dev.chagres.graph.op.OperationTrials;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.run.SmallTrial;
import dev.chagres.prove.stage.SectionEvaluation;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The integers of a run on the emulated device are those of the processor.
class DeviceInferenceTest {
    private static final long SLAB = 16 << 20;
    private static final long LAUNCHES_OF_A_BLOCK = 7;
    /// Of two blocks of rows.
    private static final long ATTENTION_LAUNCHES = 79;
    private static final Host HOST = TestHosts.of(1);
    private static final Stages CPU = new CpuStages(HOST);

    private static TrialGraph small;

    private DeviceSite site;

    @BeforeAll
    static void compile() {
        small = SmallTrial.open();
    }

    @AfterAll
    static void closeGraph() {
        small.close();
    }

    private Stages stages(long seed) {
        site = EmulatedSites.open(SLAB, seed);
        return new DeviceStages(site, HOST, CPU);
    }

    @AfterEach
    void close() {
        if (site != null) {
            assertThat(site.device().available()).as("memory that is back").isEqualTo(SLAB);
            site.close();
        }
    }

    private static Witness narrow(Graph graph, Function<Column, HostTensor> key) {
        return new Witness(graph, key, SpillStore.unbounded(HOST.memory()));
    }

    /// @param before rows that an inference has left already
    private static void evaluate(Stages stages, Graph graph, Witness witness, int[] tokens, int before, int rows) {
        if (before > 0) {
            try (IntegerRun run = new IntegerRun(graph, witness, tokens, HOST)) {
                run.rows(0, before);
            }
        }
        try (SectionEvaluation evaluation = stages.evaluation(graph, witness, tokens)) {
            for (int section = 0; section < graph.sections().size(); section++) {
                evaluation.section(section, before, rows);
            }
        }
    }

    private static void compare(Stages stages, TrialGraph trial, int before) {
        try (Witness expected = narrow(trial.graph(), trial::key); Witness actual = narrow(trial.graph(), trial::key)) {
            evaluate(CPU, trial.graph(), expected, trial.tokens(), before, trial.rows());
            evaluate(stages, trial.graph(), actual, trial.tokens(), before, trial.rows());
            Tensors.assertEqual(Tensors.of(trial.graph(), actual), Tensors.of(trial.graph(), expected));
            compareCounts(stages, trial, actual);
        }
    }

    private static void compareCounts(Stages stages, TrialGraph trial, Witness witness) {
        for (Section section : trial.graph().sections()) {
            assertThat(DeviceCountsTest.bytes(stages.counts(section.segments(), witness), trial.graph().tables()))
                    .as("counts of %s", section.name())
                    .isEqualTo(DeviceCountsTest.bytes(CPU.counts(section.segments(), witness), trial.graph().tables()));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3})
    void sectionsAreThoseOfTheProcessor(long seed) {
        Stages stages = stages(seed);
        compare(stages, small, 0);
    }

    /// An inference leaves its rows; what is missing begins anywhere.
    @ParameterizedTest
    @ValueSource(ints = {37, 129})
    void someRowsAreThereAlready(int before) {
        Stages stages = stages(1);
        compare(stages, small, before);
    }

    /// A witness that has values already is evaluated from its first row on: none of them goes to the device.
    @Test
    void whatIsEvaluatedAnewIsNotCopied() {
        Stages stages = stages(1);
        try (Witness expected = narrow(small.graph(), small::key); Witness actual = narrow(small.graph(), small::key)) {
            evaluate(CPU, small.graph(), expected, small.tokens(), 0, small.rows());
            evaluate(stages, small.graph(), actual, small.tokens(), 0, small.rows());
            long first = site.device().count().bytesIn();
            evaluate(stages, small.graph(), actual, small.tokens(), 0, small.rows());
            assertThat(site.device().count().bytesIn() - first).isPositive().isLessThanOrEqualTo(first);
            Tensors.assertEqual(Tensors.of(small.graph(), actual), Tensors.of(small.graph(), expected));
            long before = site.device().count().bytesIn();
            evaluate(stages, small.graph(), actual, small.tokens(), 1, small.rows());
            assertThat(site.device().count().bytesIn() - before).as("where rows stay").isGreaterThan(2 * first);
        }
    }

    static Stream<OperationTrials.Trial> operations() {
        return OperationTrials.all();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void everyOperationIsThatOfTheProcessor(OperationTrials.Trial operation) {
        Stages stages = stages(2);
        try (TrialGraph trial = operation.graph().get()) {
            compare(stages, trial, 0);
        }
    }

    private static long launches(Stages stages, DeviceSite site, TrialGraph trial) {
        try (Witness witness = narrow(trial.graph(), trial::key)) {
            long before = site.device().count().launches();
            evaluate(stages, trial.graph(), witness, trial.tokens(), 0, trial.rows());
            return site.device().count().launches() - before;
        }
    }

    /// However many tiles its weights lie in, a product is one kernel for each block of rows.
    @Test
    void aProductIsOneLaunchForABlockOfRows() {
        Stages stages = stages(1);
        long[] launches = new long[2];
        for (int blocks = 1; blocks <= 2; blocks++) {
            int rows = blocks << RowBlocks.BLOCK_BITS;
            try (TrialGraph oneTile = OperationTrials.projection(rows, new Width(16, 4, 1), new Width(16, 4, 1));
                    TrialGraph many = OperationTrials.projection(rows, new Width(45, 3, 6), new Width(35, 2, 9))) {
                launches[blocks - 1] = launches(stages, site, oneTile);
                assertThat(launches(stages, site, many)).as("%d blocks of rows", blocks)
                        .isEqualTo(launches[blocks - 1]);
                compare(stages, many, 0);
            }
        }
        // Bias, product, shift, two stores, a look-up and its store.
        assertThat(launches[1] - launches[0]).as("launches of a block").isEqualTo(LAUNCHES_OF_A_BLOCK);
    }

    /// However many heads there are, attention is as many kernels and waits.
    @Test
    void headsAreSideBySide() {
        Stages stages = stages(1);
        long[] launches = new long[2];
        long[] waits = new long[2];
        for (int i = 0; i < 2; i++) {
            try (TrialGraph trial = OperationTrials.attention(2 << RowBlocks.BLOCK_BITS, i == 0 ? 1 : 6)) {
                long before = site.device().count().waits();
                launches[i] = launches(stages, site, trial);
                waits[i] = site.device().count().waits() - before;
                compare(stages, trial, 0);
            }
        }
        assertThat(launches[1]).as("launches of six heads, and of one").isEqualTo(launches[0])
                .isLessThanOrEqualTo(ATTENTION_LAUNCHES);
        assertThat(waits[1]).as("waits of six heads, and of one").isEqualTo(waits[0]);
    }

    /// Tensors of 32 bits, none derived, as a prover has them who may lie.
    @Test
    void storedColumnsAreWritten() {
        Stages stages = stages(1);
        try (Witness expected = small.evaluate();
                Witness actual = new Witness(small.graph(), small::key, HOST.memory())) {
            evaluate(stages, small.graph(), actual, small.tokens(), 0, small.rows());
            Tensors.assertEqual(Tensors.of(small.graph(), actual), Tensors.of(small.graph(), expected));
            compareCounts(stages, small, actual);
        }
    }

    /// A key with another value somewhere: what the processor says of it is said here, too.
    private static void sameFailure(Stages stages, String column, int value) {
        try (TrialGraph trial = SmallTrial.open()) {
            Column damaged = trial.graph().keyColumns().stream().filter(c -> c.name().equals(column)).findFirst()
                    .orElseThrow();
            HostTensor tensor = trial.key(damaged);
            for (long i = 0; i < tensor.size(); i++) {
                tensor.set(i, value);
            }
            try (Witness witness = narrow(trial.graph(), trial::key)) {
                RuntimeException expected = failure(CPU, trial, witness);
                assertThatThrownBy(() -> evaluate(stages, trial.graph(), witness, trial.tokens(), 0, trial.rows()))
                        .isExactlyInstanceOf(expected.getClass()).hasMessage(expected.getMessage());
            }
        }
    }

    private static RuntimeException failure(Stages stages, TrialGraph trial, Witness witness) {
        try {
            evaluate(stages, trial.graph(), witness, trial.tokens(), 0, trial.rows());
        } catch (RuntimeException e) {
            return e;
        }
        throw new AssertionError("the damaged key is evaluated");
    }

    @Test
    void aStreamOutsideItsDomainIsNamed() {
        sameFailure(stages(1), "output.bias", 1 << 30);
    }

    @Test
    void aValueThatDoesNotFitIsNamed() {
        sameFailure(stages(1), "query.bias", 1 << 30);
    }

    @Test
    void aFullDeviceEndsTheCall() {
        Stages stages = stages(1);
        try (Witness witness = narrow(small.graph(), small::key); DeviceWork work = site.work()) {
            DeviceBuffer rest = work.allocate(SLAB - (1 << 18));
            assertThatThrownBy(() -> evaluate(stages, small.graph(), witness, small.tokens(), 0, small.rows()))
                    .isInstanceOf(DeviceException.class).hasMessageContaining("bytes left");
            work.release(rest);
        }
    }

    /// The n-th kernel or copy fails, the n-th kernel cannot be started: the cause is named and all memory is back.
    @ParameterizedTest
    @ValueSource(ints = {2, 101})
    void aLostDeviceEndsTheCall(int n) {
        for (boolean start : new boolean[] {false, true}) {
            Stages stages = stages(1);
            try (Witness witness = narrow(small.graph(), small::key)) {
                if (start) {
                    Emulation.noLaunch(site.device(), n);
                } else {
                    Emulation.loss(site.device(), n);
                }
                assertThatThrownBy(() -> evaluate(stages, small.graph(), witness, small.tokens(), 0, small.rows()))
                        .isInstanceOf(DeviceException.class);
            }
            close();
            site = null;
        }
    }
}
