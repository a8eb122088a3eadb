package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.lookup.Table;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.TableCounts;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lookups counted on the emulated device: as often as they were made, and as the processor counts them.
class DeviceCountsTest {
    private static final long SLAB = 4 << 20;
    private static final Stages CPU = new CpuStages(TestHosts.of(1));

    private DeviceSite site;

    private Stages stages(long seed) {
        site = EmulatedSites.open(SLAB, seed);
        return new DeviceStages(site, TestHosts.of(1), CPU);
    }

    @AfterEach
    void close() {
        if (site != null) {
            assertThat(site.device().available()).as("memory that is back").isEqualTo(SLAB);
            site.close();
            site = null;
        }
    }

    static byte[] bytes(TableCounts counts, List<Table> tables) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            counts.write(new DataOutputStream(bytes), tables);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    /// @param seed of the lookups, and modulo 4 of the device
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void countsAreThoseOfTheLookups(long seed) {
        Stages stages = stages(seed % 4);
        RandomLookups some = new RandomLookups(seed, 1 + (int) (seed % 3));
        TableCounts counts = stages.counts(some.lookups(), some.data());
        some.tables().forEach(t -> assertThat(counts.of(t)).as("seed %s, %s", seed, t).isEqualTo(some.counts(t)));
        assertThat(bytes(counts, some.tables()))
                .isEqualTo(bytes(CPU.counts(some.lookups(), some.data()), some.tables()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aTupleOutsideItsTableIsNamed(long seed) {
        Stages stages = stages(seed % 4);
        RandomLookups some = new RandomLookups(seed, 1 + (int) (seed % 3));
        some.spoil();
        RuntimeException expected = catchRuntimeException(() -> CPU.counts(some.lookups(), some.data()));
        assertThat(expected).as("seed %s", seed).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stages.counts(some.lookups(), some.data())).as("seed %s", seed)
                .isExactlyInstanceOf(IllegalStateException.class).hasMessage(expected.getMessage());
    }

    /// Components of more columns than the device takes are counted by the processor.
    @ParameterizedTest
    @ValueSource(longs = {20, 21})
    void longSumsAreCounted(long seed) {
        Stages stages = stages(seed % 4);
        RandomLookups some = new RandomLookups(seed, 9);
        TableCounts counts = stages.counts(some.lookups(), some.data());
        some.tables().forEach(t -> assertThat(counts.of(t)).as("seed %s, %s", seed, t).isEqualTo(some.counts(t)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 20})
    void aLostDeviceEndsTheCall(int n) {
        Stages stages = stages(1);
        Emulation.loss(site.device(), n);
        RandomLookups some = new RandomLookups(n, 2);
        assertThatThrownBy(() -> stages.counts(some.lookups(), some.data())).isInstanceOf(DeviceException.class);
    }
}
