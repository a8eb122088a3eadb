package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Claim;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Passes of an opening on the emulated device against the processor's stage.
class DevicePassesTest {
    private static final long SLAB = 12 << 20;

    private static OpeningPasses cpu(RowFixture fixture) {
        return TestHosts.of(1).stages().passes(fixture.space, fixture.source, Math.min(8, fixture.space.k()));
    }

    private static OpeningPasses device(DeviceSite site, RowFixture fixture) {
        Host host = TestHosts.of(1);
        return new DeviceStages(site, host, host.stages()).passes(fixture.space, fixture.source,
                Math.min(8, fixture.space.k()));
    }

    private static void assertSame(PassResult made, PassResult wanted, String what, int range) {
        try (Buffer actual = made.toHost(); Buffer expected = wanted.toHost()) {
            assertThat(actual.bytes()).isEqualTo(expected.bytes());
            assertThat(bytes(actual).mismatch(bytes(expected))).as("%s of range %d", what, range).isEqualTo(-1);
        }
    }

    private static MemorySegment bytes(Buffer buffer) {
        return Memory.ALL.asSlice(buffer.address(), buffer.bytes());
    }

    /// Rows shorter than a head and longer, fewer and more than a range has; another batch of claims afterwards.
    @ParameterizedTest(name = "rows of 2^{0}, {1} tiles, emulator seed {2}")
    @CsvSource({"6, 1, 0", "6, 120, 1", "8, 50, 2", "11, 47, 3", "14, 2, 1"})
    void areThoseOfTheProcessor(int k, int tiles, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed); RowFixture fixture = new RowFixture(k, tiles, seed);
                OpeningPasses cpu = cpu(fixture); OpeningPasses device = device(site, fixture)) {
            int ranges = new RowRanges(fixture.space).count();
            for (List<Claim> claims : List.of(fixture.claims(), fixture.claims().subList(3, 9))) {
                QM31 gamma = fixture.elements(1)[0];
                QM31[] low = fixture.elements(Math.min(8, k));
                for (int range = 0; range < ranges; range++) {
                    assertSame(device.headSums(range, claims, gamma), cpu.headSums(range, claims, gamma), "sums",
                            range);
                }
                for (int range = 0; range < ranges; range++) {
                    assertSame(device.fold(range, claims, gamma, low), cpu.fold(range, claims, gamma, low), "fold",
                            range);
                }
            }
            QM31[] row = fixture.elements(fixture.space.rowBits());
            for (int range = 0; range < ranges; range++) {
                assertSame(device.combine(range, row), cpu.combine(range, row), "combination", range);
            }
            assertThat(site.tensors().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void noClaimsHaveNoSums() {
        try (DeviceSite site = EmulatedSites.open(SLAB, 1); RowFixture fixture = new RowFixture(6, 3, 5);
                OpeningPasses cpu = cpu(fixture); OpeningPasses device = device(site, fixture)) {
            QM31[] low = fixture.elements(6);
            assertSame(device.headSums(0, List.of(), QM31.ONE), cpu.headSums(0, List.of(), QM31.ONE), "sums", 0);
            assertSame(device.fold(0, List.of(), QM31.ONE, low), cpu.fold(0, List.of(), QM31.ONE, low), "fold", 0);
        }
    }

    @Test
    void severalThreadsPassOverRanges() throws Exception {
        try (DeviceSite site = EmulatedSites.open(SLAB, 3); RowFixture fixture = new RowFixture(6, 300, 6);
                OpeningPasses cpu = cpu(fixture); OpeningPasses device = device(site, fixture);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Claim> claims = fixture.claims();
            QM31 gamma = fixture.elements(1)[0];
            List<Future<PassResult>> all = IntStream.range(0, new RowRanges(fixture.space).count())
                    .mapToObj(range -> threads.submit(() -> device.headSums(range, claims, gamma))).toList();
            for (int range = 0; range < all.size(); range++) {
                assertSame(all.get(range).get(), cpu.headSums(range, claims, gamma), "sums", range);
            }
        }
    }

    @Test
    void aFaultEndsTheCallAndLeavesNothing() {
        try (RowFixture fixture = new RowFixture(6, 20, 4)) {
            List<Claim> claims = fixture.claims();
            QM31[] low = fixture.elements(6);
            QM31[] row = fixture.elements(fixture.space.rowBits());
            long used = TestHosts.of(1).memory().used();
            try (DeviceSite small = EmulatedSites.open(1 << 13, 1)) {
                try (OpeningPasses device = device(small, fixture)) {
                    assertThatThrownBy(() -> device.combine(0, row)).isInstanceOf(DeviceException.class)
                            .hasMessageContaining("bytes left");
                    assertThatThrownBy(() -> device.fold(0, claims, QM31.ONE, low))
                            .isInstanceOf(DeviceException.class);
                }
                assertThat(small.tensors().available()).isEqualTo(1 << 13);
            }
            int nth = 1;
            while (isLost(fixture, claims, nth)) {
                assertThat(TestHosts.of(1).memory().used()).as("fault %d", nth).isEqualTo(used);
                nth += 3;
            }
            assertThat(nth).as("kernels and copies of all passes").isGreaterThan(60);
            assertThat(TestHosts.of(1).memory().used()).isEqualTo(used);
        }
    }

    /// All passes over a range on a device that fails at the nth kernel or copy; false if they need fewer.
    private static boolean isLost(RowFixture fixture, List<Claim> claims, int nth) {
        QM31[] low = new QM31[6];
        Arrays.fill(low, QM31.ONE);
        QM31[] row = new QM31[fixture.space.rowBits()];
        Arrays.fill(row, QM31.ONE);
        boolean lost = false;
        try (DeviceSite site = EmulatedSites.open(1 << 20, nth)) {
            Emulation.loss(site.device(), nth);
            try (OpeningPasses device = device(site, fixture)) {
                device.headSums(0, claims, QM31.ONE).close();
                device.fold(0, claims, QM31.ONE, low).close();
                device.combine(0, row).close();
            } catch (DeviceException e) {
                assertThat(e.status()).isEqualTo(Status.LOST);
                lost = true;
            }
            assertThat(site.tensors().available()).as("fault %d", nth).isEqualTo(1 << 20);
        }
        return lost;
    }
}
