package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.AddressSpace;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.HostResult;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.prove.store.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The arrays of an opening on the emulated device against those of the processor.
class DeviceOpeningTest {
    private static final long SLAB = 12 << 20;
    private static final Host HOST = TestHosts.of(1);

    private final Random random = new Random(7);
    private long used;

    @BeforeEach
    void remember() {
        used = HOST.memory().used();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(HOST.memory().used()).isEqualTo(used);
    }

    private QM31 element() {
        return elements(1)[0];
    }

    private QM31[] elements(int n) {
        return TestTensors.elements(random, n);
    }

    /// An ext array in memory of the host.
    private static PassResult result(QM31[] values) {
        Buffer buffer = Buffer.zeroed(HOST.memory(), Memory.extBytes(values.length));
        for (int i = 0; i < values.length; i++) {
            Memory.setExt(buffer.address(), i, values[i]);
        }
        return new HostResult(buffer);
    }

    private static QM31[] read(PassResult result) {
        try (Buffer buffer = result.toHost()) {
            QM31[] values = new QM31[(int) (buffer.bytes() / Memory.EXT_BYTES)];
            Arrays.setAll(values, i -> Memory.getExt(buffer.address(), i));
            return values;
        }
    }

    private static OpeningArrays cpu(AddressSpace space, int head) {
        return HOST.stages().opening(space, head);
    }

    private static OpeningArrays device(DeviceSite site, AddressSpace space, int head) {
        return new DeviceStages(site, HOST, HOST.stages()).opening(space, head);
    }

    /// All rounds of both, and what is left at the end.
    private void assertSame(ProductRounds device, ProductRounds cpu, int rounds) {
        for (int i = 0; i < rounds; i++) {
            boolean one = random.nextBoolean();
            QM31[] expected = cpu.round(one);
            QM31[] actual = device.round(one);
            assertThat(Arrays.copyOf(actual, one ? 3 : 2)).as("round %d", i)
                    .isEqualTo(Arrays.copyOf(expected, one ? 3 : 2));
            QM31 r = element();
            cpu.bind(r);
            device.bind(r);
            if (random.nextInt(3) == 0) {
                assertThat(device.sum()).as("sum after round %d", i).isEqualTo(cpu.sum());
            }
        }
        assertThat(device.sum()).isEqualTo(cpu.sum());
    }

    /// Parts of which some are on the device and some are not; rows of all lengths, one range of them and more.
    @ParameterizedTest(name = "rows of 2^{0}, {1} tiles, emulator seed {2}")
    @CsvSource({"6, 1, 0", "6, 120, 1", "8, 50, 2", "9, 70, 3", "11, 47, 1"})
    void foldedRowsAreBoundAsOnTheProcessor(int k, int tiles, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed); RowFixture fixture = new RowFixture(k, tiles, seed)) {
            int head = Math.min(8, k);
            OpeningArrays cpu = cpu(fixture.space, head);
            OpeningArrays device = device(site, fixture.space, head);
            PassResult here = null;
            PassResult there = null;
            int ranges = new RowRanges(fixture.space).count();
            for (int range = 0; range < ranges; range++) {
                QM31[] part = elements(2 * RowRanges.ROWS << k - head);
                here = cpu.place(range, here, result(part));
                PassResult given = range % 2 == 0 ? result(part) : device.add(null, result(part));
                there = device.place(range, there, given);
            }
            int variables = fixture.space.variables() - head;
            try (ProductRounds expected = cpu.tail(here); ProductRounds actual = device.tail(there)) {
                assertSame(actual, expected, variables);
                QM31[][] ends = expected.values();
                assertThat(actual.values()[0][0]).isEqualTo(ends[0][0]);
                assertThat(actual.values()[1][0]).isEqualTo(ends[1][0]);
            }
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    @ParameterizedTest(name = "{1} groups of 2^{0}, emulator seed {2}")
    @CsvSource({"6, 0, 1", "6, 1, 0", "6, 5, 1", "8, 16, 2", "8, 17, 3", "7, 2, 1"})
    void sumsOfGroupsAreBoundAsOnTheProcessor(int head, int groups, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed); RowFixture fixture = new RowFixture(8, 3, seed)) {
            OpeningArrays cpu = cpu(fixture.space, head);
            OpeningArrays device = device(site, fixture.space, head);
            List<QM31[]> points = IntStream.range(0, groups).mapToObj(g -> elements(head)).toList();
            PassResult here = null;
            PassResult there = null;
            for (int range = 0; range < 3; range++) {
                QM31[] part = elements(groups << head);
                here = cpu.add(here, result(part));
                there = device.add(there, result(part));
            }
            QM31[] sums = read(here);
            assertThat(read(there)).isEqualTo(sums);
            try (ProductRounds expected = cpu.head(points, result(sums));
                    ProductRounds actual = device.head(points, device.add(null, result(sums)))) {
                assertSame(actual, expected, head);
            }
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    private int[] positions(int count, int logN) {
        return random.ints(0, 1 << logN).distinct().limit(Math.min(count, 1 << logN)).sorted().toArray();
    }

    /// A ladder as the prover climbs it: commit, constrain, fold by the lanes, open what was committed.
    private void climb(LadderArrays cpu, LadderArrays device, int k, int[] lanes, int rate) {
        assertThat(device.sum()).isEqualTo(cpu.sum());
        int bits = k;
        for (int lane : lanes) {
            int logN = bits - lane + rate;
            CommittedRows expected = cpu.commit(lane, logN);
            CommittedRows actual = device.commit(lane, logN);
            assertThat(actual.rows()).isEqualTo(expected.rows());
            assertThat(actual.root()).isEqualTo(expected.root());
            int[] above = positions(9, bits + 1);
            QM31[] weights = elements(above.length);
            cpu.constrain(bits + 1, above, weights);
            device.constrain(bits + 1, above, weights);
            assertSame(device, cpu, lane);
            bits -= lane;
            for (int count : new int[] {1, 7, 40}) {
                int[] opened = positions(count, logN);
                assertThat(actual.columns(opened)).isDeepEqualTo(expected.columns(opened));
                assertThat(actual.proof(opened)).isEqualTo(expected.proof(opened));
            }
        }
        assertThat(device.values()).isDeepEqualTo(cpu.values());
    }

    @ParameterizedTest(name = "2^{0} elements, lanes of {1}, rate 2^-{2}, emulator seed {3}")
    @CsvSource({"6, 1 1, 1, 0", "7, 3, 2, 1", "9, 2 1 2, 4, 2", "11, 1 4 2, 3, 3", "11, 7, 1, 1", "6, '', 1, 1"})
    void laddersAreClimbedAsOnTheProcessor(int k, String lanes, int rate, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed); RowFixture fixture = new RowFixture(6, 1, seed)) {
            QM31[] u = elements(1 << k);
            QM31[] point = elements(k);
            int[] levels = lanes.isEmpty() ? new int[0]
                    : Arrays.stream(lanes.split(" ")).mapToInt(Integer::parseInt).toArray();
            try (LadderArrays expected = cpu(fixture.space, 6).ladder(result(u), point);
                    LadderArrays actual = device(site, fixture.space, 6).ladder(result(u), point)) {
                climb(expected, actual, k, levels, rate);
            }
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void aResultHasOneOwner() {
        try (DeviceSite site = EmulatedSites.open(SLAB, 1); RowFixture fixture = new RowFixture(6, 1, 1)) {
            PassResult first = device(site, fixture.space, 6).add(null, result(elements(40)));
            PassResult second = first.take();
            first.close();
            assertThatThrownBy(first::toHost).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(first::take).isInstanceOf(IllegalStateException.class);
            assertThat(site.device().available()).isLessThan(SLAB);
            second.close();
            second.close();
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void resultsOfAnotherDeviceAreCopied() {
        try (DeviceSite one = EmulatedSites.open(SLAB, 1); DeviceSite two = EmulatedSites.open(SLAB, 2);
                RowFixture fixture = new RowFixture(6, 1, 1)) {
            QM31[] values = elements(48);
            PassResult made = device(one, fixture.space, 6).add(null, result(values));
            PassResult moved = device(two, fixture.space, 6).add(null, made);
            assertThat(one.device().available()).isEqualTo(SLAB);
            assertThat(two.device().available()).isLessThan(SLAB);
            assertThat(read(moved)).isEqualTo(values);
            assertThat(two.device().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void aFaultEndsTheCallAndLeavesNothing() {
        try (RowFixture fixture = new RowFixture(6, 90, 4)) {
            List<String> ended = new ArrayList<>();
            for (int nth = 1; isLost(fixture, nth); nth += 3) {
                assertThat(HOST.memory().used()).as("fault %d", nth).isEqualTo(used);
                ended.add("fault " + nth);
            }
            assertThat(ended).as("kernels and copies of an opening").hasSizeGreaterThan(30);
        }
    }

    /// A whole opening on a device that fails at the nth kernel or copy; false if it needs fewer.
    private boolean isLost(RowFixture fixture, int nth) {
        boolean lost = false;
        try (DeviceSite site = EmulatedSites.open(1 << 20, nth)) {
            Emulation.loss(site.device(), nth);
            List<PassResult> open = new ArrayList<>();
            try {
                open(device(site, fixture.space, 6), fixture.space, open);
            } catch (DeviceException e) {
                assertThat(e.status()).isEqualTo(Status.LOST);
                lost = true;
            }
            open.forEach(PassResult::close);
            assertThat(site.device().available()).as("fault %d", nth).isEqualTo(1 << 20);
        }
        return lost;
    }

    /// @param open receives what the calls were given and may not have taken
    private void open(OpeningArrays arrays, AddressSpace space, List<PassResult> open) {
        PassResult sums = arrays.add(null, given(64, open));
        open.add(sums);
        sums = arrays.add(sums, given(64, open));
        open.add(sums);
        try (ProductRounds rounds = arrays.head(List.<QM31[]>of(elements(6)), sums)) {
            play(rounds, 6);
        }
        PassResult folded = null;
        for (int range = 0; range < new RowRanges(space).count(); range++) {
            folded = arrays.place(range, folded, given(2 * RowRanges.ROWS, open));
            open.add(folded);
        }
        try (ProductRounds rounds = arrays.tail(folded)) {
            play(rounds, space.variables() - 6);
            rounds.values();
        }
        try (LadderArrays ladder = arrays.ladder(given(64, open), elements(6))) {
            CommittedRows rows = ladder.commit(2, 6);
            rows.root();
            ladder.constrain(7, new int[] {3, 70}, elements(2));
            play(ladder, 2);
            ladder.values();
            rows.columns(new int[] {1, 60});
            rows.proof(new int[] {1, 60});
        }
    }

    private PassResult given(int n, List<PassResult> open) {
        PassResult given = result(elements(n));
        open.add(given);
        return given;
    }

    private void play(ProductRounds rounds, int count) {
        for (int i = 0; i < count; i++) {
            rounds.round(true);
            rounds.bind(element());
        }
        rounds.sum();
    }

    @Test
    void withoutMemoryNothingIsLeft() {
        for (long slab : new long[] {1 << 10, 1 << 11, 1 << 12, 1 << 13}) {
            try (DeviceSite site = EmulatedSites.open(slab, 1); RowFixture fixture = new RowFixture(6, 90, 4)) {
                List<PassResult> open = new ArrayList<>();
                assertThatThrownBy(() -> open(device(site, fixture.space, 6), fixture.space, open))
                        .isInstanceOf(DeviceException.class).hasMessageContaining("bytes left");
                open.forEach(PassResult::close);
                assertThat(site.device().available()).as("slab of %d", slab).isEqualTo(slab);
            }
        }
    }
}
