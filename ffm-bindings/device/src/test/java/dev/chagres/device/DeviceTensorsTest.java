package dev.chagres.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.NativeBuildFacts;
import dev.chagres.ffm.Status;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.store.Epoch;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tensors of the host on the emulated device, and the works that use them.
class DeviceTensorsTest {
    private static final long SLAB = 1 << 20;

    private DeviceSite site;
    private Arena arena;

    @BeforeAll
    static void needHost() {
        NativeBuildFacts.needHost();
    }

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

    private HostTensor lasting(HostTensor tensor, Epoch epoch, long place) {
        return new HostTensor(tensor.data(), tensor.width(), epoch, place);
    }

    private List<Integer> held(IntTensor tensor) {
        try (DeviceWork work = site.work(); Resident resident = site.tensors().hold(tensor, work)) {
            return read(resident, work);
        }
    }

    @Test
    void aCopyStaysUntilItsEpochIsOver() {
        Epoch epoch = new Epoch();
        HostTensor tensor = tensor(16, 1000, 20);
        HostTensor lasting = lasting(tensor, epoch, 64);
        assertThat(held(lasting)).isEqualTo(values(tensor));
        assertThat(site.device().available()).isEqualTo(SLAB - 2048);
        assertThat(site.tensors().available()).isEqualTo(SLAB);
        // Elsewhere in memory, as after a group was spilled.
        HostTensor moved = tensor(16, 1000, 20);
        assertThat(held(lasting(moved, epoch, 64))).isEqualTo(values(tensor));
        assertThat(site.tensors().copied()).as("once").isEqualTo(2000);
        epoch.end();
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    /// The same memory has other values in another epoch.
    @Test
    void valuesOfTheSameAddressAreThoseOfTheEpoch() {
        HostTensor tensor = tensor(32, 500, 21);
        Epoch first = new Epoch();
        assertThat(held(lasting(tensor, first, 0))).isEqualTo(values(tensor));
        first.end();
        tensor.data().fill((byte) 3);
        assertThat(held(lasting(tensor, new Epoch(), 0))).isEqualTo(values(tensor)).containsOnly(0x03030303);
        tensor.data().fill((byte) 4);
        assertThat(held(tensor)).as("without an epoch").containsOnly(0x04040404);
        assertThat(held(lasting(tensor, first, 0))).as("a handle of an epoch that is over").containsOnly(0x04040404);
        tensor.data().fill((byte) 5);
        assertThat(held(lasting(tensor, first, 0))).as("nothing was kept").containsOnly(0x05050505);
    }

    @Test
    void tensorsOfAnEpochAreToldApart() {
        Epoch epoch = new Epoch();
        HostTensor tensor = tensor(32, 256, 22);
        HostTensor part = new HostTensor(tensor.data().asSlice(256, 256), 32);
        for (HostTensor t : List.of(lasting(tensor, epoch, 0), lasting(part, epoch, 256),
                lasting(new HostTensor(tensor.data(), 8), epoch, 0),
                lasting(new HostTensor(tensor.data().asSlice(0, 256), 32), epoch, 0),
                lasting(part, new Epoch(), 0))) {
            assertThat(held(t)).isEqualTo(values(t));
            assertThat(held(t)).isEqualTo(values(t));
        }
    }

    @Test
    void whatIsHeldWhenItsEpochEndsStaysForItsHolderAlone() {
        Epoch epoch = new Epoch();
        HostTensor tensor = tensor(32, 100, 23);
        List<Integer> before = values(tensor);
        try (DeviceWork work = site.work();
                Resident old = site.tensors().hold(lasting(tensor, epoch, 0), work)) {
            epoch.end();
            tensor.data().fill((byte) 9);
            assertThat(held(lasting(tensor, epoch, 0))).containsOnly(0x09090909);
            assertThat(held(lasting(tensor, new Epoch(), 0))).containsOnly(0x09090909);
            assertThat(read(old, work)).isEqualTo(before);
        }
        assertThat(site.tensors().available()).isEqualTo(SLAB);
    }

    @Test
    void derivedValuesStayWhileIndexAndTableDo() {
        HostTensor index = tensor(8, 200, 24);
        HostTensor table = tensor(32, 256, 25);
        Epoch key = new Epoch();
        for (boolean end : new boolean[] {false, true}) {
            Epoch witness = new Epoch();
            DerivedTensor derived = new DerivedTensor(lasting(index, witness, 0), lasting(table, key, 0), -128);
            assertThat(held(derived)).isEqualTo(values(derived));
            (end ? key : witness).end();
            (end ? table : index).data().fill((byte) 1);
            DerivedTensor now = new DerivedTensor(lasting(index, end ? witness : new Epoch(), 0),
                    lasting(table, end ? new Epoch() : key, 0), -128);
            assertThat(held(now)).isEqualTo(values(now));
        }
        DerivedTensor half = new DerivedTensor(lasting(index, new Epoch(), 0), table, -128);
        assertThat(held(half)).isEqualTo(values(half));
        table.data().fill((byte) 2);
        assertThat(held(half)).as("nobody says when the table changes").isEqualTo(values(half));
    }

    @Test
    void copiesUsedLongestAgoGiveWay() {
        Epoch epoch = new Epoch();
        List<HostTensor> tensors = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tensors.add(lasting(tensor(8, (int) SLAB / 4, 30 + i), epoch, i * SLAB));
        }
        for (int i : new int[] {0, 1, 2, 3, 0, 4, 0, 2, 3}) {
            assertThat(held(tensors.get(i))).isEqualTo(values(tensors.get(i)));
        }
        assertThat(site.tensors().copied()).as("0 to 3, then 4 instead of 1").isEqualTo(5 * SLAB / 4);
        assertThat(held(tensors.get(1))).isEqualTo(values(tensors.get(1)));
        assertThat(site.tensors().copied()).isEqualTo(6 * SLAB / 4);
        try (DeviceWork work = site.work()) {
            work.release(work.allocate(SLAB));
        }
        epoch.end();
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void aCopyIsHeldIfThereIsRoomAndTakesNobodysPlace() {
        Epoch epoch = new Epoch();
        HostTensor large = lasting(tensor(8, (int) SLAB / 2 + 64, 40), epoch, 0);
        HostTensor other = lasting(tensor(8, (int) SLAB / 2, 41), epoch, SLAB);
        DerivedTensor derived = new DerivedTensor(other, lasting(tensor(32, 64, 42), epoch, 2 * SLAB), 0);
        try (DeviceWork work = site.work()) {
            Resident held = site.tensors().holdIfRoom(large, work).orElseThrow();
            assertThat(read(held, work)).isEqualTo(values(large));
            held.close();
            work.sync();
            assertThat(site.tensors().holdIfRoom(other, work)).isEmpty();
            assertThat(site.tensors().holdIfRoom(derived, work)).isEmpty();
            long copied = site.tensors().copied();
            site.tensors().holdIfRoom(large, work).orElseThrow().close();
            assertThat(site.tensors().copied()).isEqualTo(copied);
        }
        assertThat(held(other)).as("but it gives way to who needs the room").isEqualTo(values(other));
        epoch.end();
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void whatIsHeldForAMomentIsWaitedFor() throws Exception {
        HostTensor tensor = lasting(tensor(8, (int) SLAB / 2 + 64, 43), new Epoch(), 0);
        try (DeviceWork work = site.work(); DeviceWork second = site.work();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Resident passing = site.tensors().holdIfRoom(tensor, work).orElseThrow();
            Future<DeviceBuffer> wanted = thread.submit(() -> second.allocate(SLAB));
            assertThatThrownBy(() -> wanted.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            passing.close();
            work.sync();
            work.release(wanted.get(10, TimeUnit.SECONDS));
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    /// Who holds copies for a moment and wants memory lets go first, so that two of them do not wait for each other.
    @Test
    void whoHoldsForAMomentLetsGoBeforeItWaits() throws Exception {
        HostTensor tensor = lasting(tensor(8, (int) SLAB / 2 + 64, 46), new Epoch(), 0);
        HostTensor other = lasting(tensor(8, (int) SLAB / 4, 47), new Epoch(), 0);
        try (DeviceWork work = site.work(); DeviceWork second = site.work();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            site.tensors().holdIfRoom(tensor, work).orElseThrow().close();
            site.tensors().holdIfRoom(other, second).orElseThrow().close();
            assertThat(site.tensors().wanted()).isFalse();
            Future<?> wanted = thread.submit(() -> second.release(second.allocate(SLAB / 2)));
            while (!site.tensors().wanted() && !wanted.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(site.tensors().wanted()).isTrue();
            work.release(work.allocate(SLAB / 2));
            wanted.get(10, TimeUnit.SECONDS);
            assertThat(site.tensors().wanted()).isFalse();
        }
        assertThat(site.tensors().available()).isEqualTo(SLAB);
    }

    @Test
    void aCopyThatSomebodyHasMadeIsTaken() {
        Epoch epoch = new Epoch();
        HostTensor tensor = lasting(tensor(32, 100, 44), epoch, 0);
        try (DeviceWork work = site.work()) {
            DeviceBuffer buffer = work.allocate(400);
            work.stream().in(buffer, tensor.data());
            work.sync();
            assertThat(site.tensors().adopt(tensor, buffer, false)).isTrue();
            assertThat(held(tensor)).isEqualTo(values(tensor));
            assertThat(site.tensors().copied()).isZero();
            DeviceBuffer again = work.allocate(400);
            assertThat(site.tensors().adopt(tensor, again, false)).as("it is there").isFalse();
            epoch.end();
            assertThat(site.tensors().adopt(tensor, again, false)).as("nobody may find it").isFalse();
            work.release(again);
        }
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    /// Values that are on the device alone.
    ///
    /// @param tensor whose memory is all zeros
    private void lend(HostTensor tensor, int value) {
        try (DeviceWork work = site.work()) {
            DeviceBuffer buffer = work.allocate(tensor.room().byteSize());
            work.stream().fill(buffer, value);
            work.sync();
            assertThat(site.tensors().adopt(tensor, buffer, true)).isTrue();
        }
        assertThat(tensor.here()).isFalse();
        assertThat(inMemory(tensor)).as("in memory of the host").containsOnly(0);
    }

    private static List<Integer> inMemory(HostTensor tensor) {
        return values(new HostTensor(tensor.room(), tensor.width()));
    }

    private HostTensor zeros(int bytes, Epoch epoch, long place) {
        return new HostTensor(arena.allocate(bytes, 64), 32, epoch, place);
    }

    @Test
    void valuesComeToTheHostWhenSomebodyReadsThemThere() {
        Epoch epoch = new Epoch();
        HostTensor read = zeros(400, epoch, 0);
        HostTensor other = zeros(400, epoch, 448);
        lend(read, 7);
        lend(other, 8);
        long out = site.device().count().bytesOut();
        assertThat(held(read)).containsOnly(7);
        assertThat(site.device().count().bytesOut() - out).as("what the test reads").isEqualTo(400);
        assertThat(inMemory(read)).containsOnly(0);
        assertThat(read.get(99)).isEqualTo(7);
        assertThat(values(read)).containsOnly(7);
        assertThat(site.device().count().bytesOut() - out).as("one copy").isEqualTo(800);
        assertThat(read.here()).isTrue();
        assertThat(other.here()).isFalse();
        assertThat(inMemory(other)).containsOnly(0);
        HostTensor part = new HostTensor(other.room().asSlice(200, 100), 32, epoch, 648);
        assertThat(values(part)).containsOnly(8);
        assertThat(inMemory(other)).containsOnly(8);
        assertThat(site.tensors().copied()).isZero();
        epoch.end();
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void valuesComeToTheHostWhenTheirCopyGivesWayOrTheirEpochEnds() {
        Epoch epoch = new Epoch();
        HostTensor first = zeros((int) SLAB / 4, epoch, 0);
        HostTensor second = zeros((int) SLAB / 4, epoch, SLAB);
        lend(first, 1);
        lend(second, 2);
        try (DeviceWork work = site.work()) {
            work.release(work.allocate(SLAB * 5 / 8));
            assertThat(inMemory(first)).as("used longest ago").containsOnly(1);
            assertThat(second.here()).isFalse();
            work.sync();
            work.release(work.allocate(SLAB));
        }
        assertThat(values(second)).containsOnly(2);
        HostTensor third = zeros(400, epoch, 2 * SLAB);
        lend(third, 3);
        epoch.end();
        assertThat(inMemory(third)).containsOnly(3);
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @Test
    void valuesThatAreGivenUpAreNotCopied() {
        Epoch epoch = new Epoch();
        HostTensor tensor = zeros(400, epoch, 0);
        lend(tensor, 7);
        epoch.giveUp();
        assertThat(site.device().available()).isEqualTo(SLAB);
        assertThat(site.device().count().bytesOut()).isZero();
        assertThat(values(tensor)).containsOnly(0);
    }

    @Test
    void valuesOfADeviceThatIsClosedOrLostCannotBeRead() {
        HostTensor lost = zeros(400, new Epoch(), 0);
        lend(lost, 7);
        Emulation.loss(site.device(), 1);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> lost.get(0)).isInstanceOf(DeviceException.class)
                    .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.LOST);
        }
        site.close();
        assertThatThrownBy(() -> lost.get(0)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("after it was closed");
        site = EmulatedSites.open(SLAB, 1);
    }

    @Test
    void anEpochMayOutliveTheDevice() {
        Epoch epoch = new Epoch();
        HostTensor tensor = lasting(tensor(8, 100, 45), epoch, 0);
        try (DeviceSite other = EmulatedSites.open(SLAB, 1); DeviceWork work = other.work()) {
            other.tensors().hold(tensor, work).close();
        }
        epoch.end();
        assertThat(held(tensor)).isEqualTo(values(tensor));
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
