package dev.chagres.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.Status;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.IntTensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tensors of the host on the emulated device, and the works that use them.
class DeviceTensorsTest {
    private static final long SLAB = 1 << 20;

    private DeviceSite site;
    private Arena arena;

    @BeforeEach
    void open() {
        site = EmulatedSites.open(SLAB, 1);
        arena = Arena.ofShared();
    }

    @AfterEach
    void close() {
        arena.close();
        site.close();
    }

    private HostTensor tensor(int width, int size, long seed) {
        HostTensor tensor = new HostTensor(arena.allocate((long) size * width / 8, 64), width);
        Random random = new Random(seed);
        for (int i = 0; i < size; i++) {
            int v = random.nextInt();
            tensor.set(i, width == 8 ? (byte) v : width == 16 ? (short) v : v % Integer.MAX_VALUE);
        }
        return tensor;
    }

    private static List<Integer> values(IntTensor tensor) {
        List<Integer> values = new ArrayList<>();
        for (long i = 0; i < tensor.size(); i++) {
            values.add(tensor.get(i));
        }
        return values;
    }

    /// What lies on the device, read through a work's stream.
    private List<Integer> read(Resident resident, DeviceWork work) {
        MemorySegment memory = arena.allocate(resident.size() * resident.ints().bits() / 8, 64);
        work.stream().out(memory, resident.ints().buffer());
        return values(new HostTensor(memory, resident.ints().bits()));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 32})
    void valuesAreThoseOfTheHost(int width) {
        for (int size : new int[] {0, 1, 15, 16, 17, 1000}) {
            HostTensor tensor = tensor(width, size, size);
            try (DeviceWork work = site.work(); Resident resident = site.tensors().hold(tensor, work)) {
                assertThat(resident.size()).isEqualTo(size);
                assertThat(read(resident, work)).isEqualTo(values(tensor));
            }
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    @Test
    void derivedValuesAreLookedUpOnTheDevice() {
        HostTensor index = tensor(8, 333, 1);
        HostTensor table = tensor(32, 100, 2);
        DerivedTensor derived = new DerivedTensor(index, table, -50);
        try (DeviceWork work = site.work(); Resident resident = site.tensors().hold(derived, work)) {
            assertThat(resident.ints().bits()).isEqualTo(32);
            assertThat(read(resident, work)).isEqualTo(values(derived)).contains(0);
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void aTensorIsThereOnceForAllWhoHoldIt() {
        HostTensor tensor = tensor(32, 1000, 3);
        try (DeviceWork one = site.work(); DeviceWork two = site.work()) {
            Resident first = site.tensors().hold(tensor, one);
            long free = site.device().available();
            Resident second = site.tensors().hold(new HostTensor(tensor.data(), 32), two);
            assertThat(second.ints()).isEqualTo(first.ints());
            assertThat(site.device().available()).isEqualTo(free);
            first.close();
            first.close();
            one.sync();
            assertThat(read(second, two)).isEqualTo(values(tensor));
            second.close();
            assertThat(site.device().available()).as("until the stream has been waited for").isEqualTo(free);
            two.sync();
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }

    /// The memory of a tensor may be another one's as soon as nobody holds it.
    @Test
    void valuesAreThoseOfTheMomentOfTheFirstHold() {
        HostTensor tensor = tensor(16, 100, 4);
        try (DeviceWork work = site.work()) {
            Resident old = site.tensors().hold(tensor, work);
            old.close();
            tensor.data().fill((byte) 7);
            try (Resident now = site.tensors().hold(tensor, work)) {
                assertThat(read(now, work)).isEqualTo(values(tensor));
            }
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void severalThreadsHoldTheSameTensors() throws Exception {
        List<IntTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HostTensor index = tensor(16, 500 + i, i);
            tensors.add(index);
            tensors.add(new DerivedTensor(index, tensor(32, 1 << 14, 10 + i), -1 << 13));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Void>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(t);
                Callable<Void> task = () -> {
                    for (int i = 0; i < 60; i++) {
                        IntTensor tensor = tensors.get(random.nextInt(tensors.size()));
                        try (DeviceWork work = site.work(); Resident resident = site.tensors().hold(tensor, work)) {
                            assertThat(read(resident, work)).isEqualTo(values(tensor));
                        }
                    }
                    return null;
                };
                all.add(threads.submit(task));
            }
            for (Future<Void> f : all) {
                f.get();
            }
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void worksAreUsedAgain() {
        DeviceWork first = site.work();
        first.close();
        try (DeviceWork again = site.work(); DeviceWork other = site.work()) {
            assertThat(again).isSameAs(first).isNotSameAs(other);
            again.arguments().set(JAVA_BYTE, DeviceWork.PAGE - 1, (byte) 1);
            again.results().set(JAVA_BYTE, DeviceWork.PAGE - 1, (byte) 2);
            assertThat(again.arguments().get(JAVA_BYTE, DeviceWork.PAGE - 1)).isEqualTo((byte) 1);
        }
    }

    @Test
    void aTensorThatDoesNotFitIsRefusedAndLeavesNothing() {
        HostTensor small = tensor(8, 64, 5);
        HostTensor large = tensor(8, (int) SLAB, 6);
        try (DeviceWork work = site.work(); Resident held = site.tensors().hold(small, work)) {
            assertThat(held.size()).isEqualTo(64);
            assertThatThrownBy(() -> site.tensors().hold(large, work)).isInstanceOf(DeviceException.class)
                    .hasMessageContaining("the device has no 1048576 bytes left");
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
        try (DeviceWork work = site.work(); Resident held = site.tensors().hold(large, work)) {
            assertThat(held.size()).isEqualTo(SLAB);
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void aWorkThatCannotBeHadLeavesNothing() {
        for (int n = 1; n <= 2; n++) {
            Emulation.noMemory(site.device(), n);
            assertThatThrownBy(site::work).isInstanceOf(DeviceException.class)
                    .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.MEMORY);
        }
        site.work().close();
    }

    @Test
    void aLostDeviceGivesItsMemoryBack() {
        HostTensor index = tensor(16, 100, 7);
        DerivedTensor derived = new DerivedTensor(index, tensor(32, 100, 8), 0);
        for (int n = 1; n <= 3; n++) {
            int nth = n;
            try (DeviceSite lost = EmulatedSites.open(SLAB, n)) {
                Emulation.loss(lost.device(), nth);
                assertThatThrownBy(() -> {
                    try (DeviceWork work = lost.work(); Resident resident = lost.tensors().hold(derived, work)) {
                        assertThat(resident).as("nothing is held on a lost device").isNull();
                    }
                }).isInstanceOf(DeviceException.class).extracting(e -> ((DeviceException) e).status())
                        .isEqualTo(Status.LOST);
                assertThat(lost.device().available()).isEqualTo(SLAB);
            }
        }
    }

    @Test
    void aClosedSiteGivesNoWork() {
        DeviceSite closed = EmulatedSites.open(SLAB, 1);
        closed.work().close();
        closed.close();
        assertThatThrownBy(closed::work).hasMessage("the device emulated is closed");
    }
}
