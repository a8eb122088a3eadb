package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.commit.MerkleTree;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.store.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rows hashed on the emulated device against the processor's stage.
class DeviceRowsTest {
    private static final long SLAB = 12 << 20;
    private static final Runnable NOTHING = () -> {};

    private static MemorySegment bytes(Buffer buffer) {
        return Memory.ALL.asSlice(buffer.address(), buffer.bytes());
    }

    private static RowHasher rows(DeviceSite site, MatrixLayout layout, RowFixture fixture, int logN) {
        Host host = TestHosts.of(1);
        return new DeviceStages(site, host, host.stages()).rows(layout, fixture.source, logN);
    }

    /// One chunk and several, of odd numbers of rows; rows shorter and longer than what is copied by itself.
    @ParameterizedTest(name = "rows of 2^{0} to 2^{1}, {2} tiles, emulator seed {3}")
    @CsvSource({"6, 7, 1, 0", "6, 8, 243, 1", "7, 8, 530, 2", "9, 11, 14, 3", "14, 15, 3, 1"})
    void areThoseOfTheProcessor(int k, int logN, int tiles, long seed) {
        try (DeviceSite site = EmulatedSites.open(SLAB, seed); RowFixture fixture = new RowFixture(k, tiles, seed)) {
            for (MatrixLayout layout : List.of(fixture.space.witness(), fixture.space.key())) {
                RowHasher cpu = TestHosts.of(1).stages().rows(layout, fixture.source, logN);
                RowHasher device = rows(site, layout, fixture, logN);
                assertThat(device.rows()).isEqualTo(cpu.rows());
                for (int chunk = 0; chunk < cpu.chunks(); chunk++) {
                    AtomicInteger expectedSteps = new AtomicInteger();
                    AtomicInteger steps = new AtomicInteger();
                    try (Buffer expected = cpu.chaining(chunk, expectedSteps::incrementAndGet);
                            Buffer actual = device.chaining(chunk, steps::incrementAndGet)) {
                        assertThat(bytes(actual).mismatch(bytes(expected))).as("chunk %d", chunk).isEqualTo(-1);
                    }
                    assertThat(steps.get()).isEqualTo(expectedSteps.get());
                }
                int[] positions = {0, 1, 17, 100, (1 << logN) - 2, (1 << logN) - 1};
                assertThat(device.columns(positions)).isDeepEqualTo(cpu.columns(positions));
                assertThat(device.columns(new int[0])).isEmpty();
                assertThat(site.tensors().available()).isEqualTo(SLAB);
            }
        }
    }

    /// Columns that are on the device are held until the end of a chunk, and only there the stream is waited for.
    @Test
    void aChunkIsWaitedForOnce() {
        try (DeviceSite site = EmulatedSites.open(SLAB, 1); RowFixture fixture = new RowFixture(6, 600, 5)) {
            RowHasher device = rows(site, fixture.space.witness(), fixture, 8);
            assertThat(device.chunks()).isGreaterThan(2);
            for (int chunk = 0; chunk < 2; chunk++) { // all columns that may stay are copied once
                device.chaining(chunk, NOTHING).close();
                long waits = site.device().count().waits();
                AtomicInteger blocks = new AtomicInteger();
                device.chaining(chunk, blocks::incrementAndGet).close();
                assertThat(blocks.get()).isEqualTo(RowHasher.CHUNK_ROWS / RowHasher.BLOCK_ROWS).isGreaterThan(8);
                assertThat(site.device().count().waits() - waits).isEqualTo(1);
            }
            assertThat(site.tensors().available()).isEqualTo(SLAB);
        }
    }

    @ParameterizedTest(name = "2^{0} leaves")
    @CsvSource({"7, 2", "8, 513", "10, 1"})
    void treesAreThoseOfTheProcessor(int logN, int tiles) {
        try (DeviceSite site = EmulatedSites.open(SLAB, 2); RowFixture fixture = new RowFixture(6, tiles, 8);
                MemoryScope scope = TestHosts.of(1).scope()) {
            MatrixLayout layout = fixture.space.witness();
            RowHasher cpu = TestHosts.of(1).stages().rows(layout, fixture.source, logN);
            RowHasher device = rows(site, layout, fixture, logN);
            MemorySegment expected = scope.segment(MerkleTree.bytes(logN));
            MemorySegment actual = scope.segment(MerkleTree.bytes(logN));
            try (Buffer all = cpu.all(NOTHING); Buffer same = device.all(NOTHING)) {
                assertThat(bytes(same).mismatch(bytes(all))).isEqualTo(-1);
                cpu.tree(all, expected);
                device.tree(same, actual);
            }
            assertThat(actual.mismatch(expected)).isEqualTo(-1);
            assertThat(site.tensors().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void severalThreadsHashChunks() throws Exception {
        try (DeviceSite site = EmulatedSites.open(SLAB, 3); RowFixture fixture = new RowFixture(6, 700, 9);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            MatrixLayout layout = fixture.space.witness();
            RowHasher cpu = TestHosts.of(1).stages().rows(layout, fixture.source, 7);
            RowHasher device = rows(site, layout, fixture, 7);
            List<Future<Buffer>> all = IntStream.range(0, device.chunks())
                    .mapToObj(chunk -> threads.submit(() -> device.chaining(chunk, NOTHING))).toList();
            for (int chunk = 0; chunk < all.size(); chunk++) {
                try (Buffer expected = cpu.chaining(chunk, NOTHING); Buffer actual = all.get(chunk).get()) {
                    assertThat(bytes(actual).mismatch(bytes(expected))).as("chunk %d", chunk).isEqualTo(-1);
                }
            }
            assertThat(site.tensors().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void aFaultEndsTheCallAndLeavesNothing() {
        try (RowFixture fixture = new RowFixture(6, 20, 4)) {
            MatrixLayout layout = fixture.space.witness();
            try (DeviceSite small = EmulatedSites.open(1 << 14, 1)) {
                assertThatThrownBy(() -> rows(small, layout, fixture, 8).chaining(0, NOTHING))
                        .isInstanceOf(DeviceException.class).hasMessageContaining("bytes left");
                assertThat(small.tensors().available()).isEqualTo(1 << 14);
            }
            long used = TestHosts.of(1).memory().used();
            int nth = 1;
            while (isLost(fixture, nth)) {
                assertThat(TestHosts.of(1).memory().used()).as("fault %d", nth).isEqualTo(used);
                nth++;
            }
            assertThat(nth).as("kernels and copies").isGreaterThan(30);
            assertThat(TestHosts.of(1).memory().used()).isEqualTo(used);
        }
    }

    /// All calls on a device that fails at the nth kernel or copy; false if they need fewer.
    private static boolean isLost(RowFixture fixture, int nth) {
        boolean lost = false;
        try (DeviceSite site = EmulatedSites.open(1 << 20, nth);
                MemoryScope scope = TestHosts.of(1).scope()) {
            RowHasher device = rows(site, fixture.space.witness(), fixture, 8);
            MemorySegment tree = scope.segment(MerkleTree.bytes(8));
            Emulation.loss(site.device(), nth);
            try (Buffer all = device.all(NOTHING)) {
                device.tree(all, tree);
                device.columns(new int[] {3});
            } catch (DeviceException e) {
                assertThat(e.status()).isEqualTo(Status.LOST);
                lost = true;
            }
            assertThat(site.tensors().available()).as("fault %d", nth).isEqualTo(1 << 20);
        }
        return lost;
    }

    @ParameterizedTest
    @CsvSource({"a, 1, 0", "open/grind., 9, 1", "open/grind., 13, 2", "a tag of 19 charact, 8, 3"})
    void noncesAreTheLeast(String tag, int bits, long seed) {
        try (DeviceSite site = EmulatedSites.open(1 << 10, seed)) {
            Stages cpu = TestHosts.of(1).stages();
            Stages device = new DeviceStages(site, TestHosts.of(1), cpu);
            for (int i = 0; i < 4; i++) {
                byte[] state = new byte[32];
                state[i] = (byte) (7 * i + bits);
                assertThat(device.nonce(state, tag, bits)).as("state %d", i).isEqualTo(cpu.nonce(state, tag, bits));
            }
        }
    }
}
