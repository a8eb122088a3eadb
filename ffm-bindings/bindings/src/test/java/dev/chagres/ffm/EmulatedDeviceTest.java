package dev.chagres.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_blake3_mode;
import dev.chagres.ffm.generated.cuda.chg_claim_run;
import dev.chagres.ffm.generated.cuda.chg_claim_term;
import dev.chagres.ffm.generated.cuda.chg_column;
import dev.chagres.ffm.generated.cuda.chg_count_column;
import dev.chagres.ffm.generated.cuda.chg_count_part;
import dev.chagres.ffm.generated.cuda.chg_count_table;
import dev.chagres.ffm.generated.cuda.chg_device_info;
import dev.chagres.ffm.generated.cuda.chg_factor;
import dev.chagres.ffm.generated.cuda.chg_piece;
import dev.chagres.ffm.generated.cuda.chg_product;
import dev.chagres.ffm.generated.cuda.chg_qm31;
import dev.chagres.ffm.generated.cuda.chg_statement;
import dev.chagres.ffm.generated.cuda.chg_tree_children;
import dev.chagres.ffm.generated.cuda.chg_tree_program;
import dev.chagres.ffm.generated.cuda.chg_tree_segment;
import dev.chagres.ffm.generated.cuda.chg_tree_term;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The ABI and its face on the device that every machine has.
class EmulatedDeviceTest {
    private static final long SLAB = 1 << 20;
    private static final byte POISON = (byte) 0xA5;

    private static NativeLibrary library;

    private Device device;
    private Stream stream;
    private Arena arena;

    @BeforeAll
    static void load() {
        NativeBuildFacts.needHost();
        library = NativeLibrary.load(NativeLibrary.Kind.HOST);
    }

    @BeforeEach
    void open() {
        device = library.open(0, SLAB);
        stream = device.stream();
        arena = Arena.ofConfined();
    }

    @AfterEach
    void close() {
        stream.close();
        device.close();
        arena.close();
    }

    private MemorySegment bytes(long n, int value) {
        MemorySegment segment = arena.allocate(n);
        segment.fill((byte) value);
        return segment;
    }

    private static void assertAll(MemorySegment segment, int value) {
        byte[] expected = new byte[(int) segment.byteSize()];
        Arrays.fill(expected, (byte) value);
        assertThat(segment.toArray(JAVA_BYTE)).isEqualTo(expected);
    }

    @Test
    void theLibrarySaysWhatItIs() {
        Properties built = NativeBuildFacts.read();
        assertThat(library.buildInfo()).startsWith("host x86-64-v2 emulated, ABI " + built.getProperty("abi") + ",")
                .endsWith("header " + built.getProperty("header.sha256"));
        assertThat(library.origin()).startsWith(NativeLibrary.PATH + "=");
        assertThat(library.devices()).isEqualTo(new NativeLibrary.Devices(1, 0, 0));
        Device.Info info = device.info();
        assertThat(info.name()).isEqualTo("emulated");
        assertThat(info.emulated()).isTrue();
        assertThat(info.slabBytes()).isEqualTo(SLAB);
        assertThat(info.memoryBytes()).isGreaterThanOrEqualTo(info.freeBytes());
    }

    @Test
    void callsCopiesAndWaitsAreCounted() {
        assertThat(device.count()).isEqualTo(new DeviceCount(0, 0, 0, 0, 0, 0, 0, 0));
        DeviceKernels kernels = new DeviceKernels(stream);
        DeviceBuffer a = device.allocate(100);
        DeviceBuffer b = device.allocate(256);
        stream.in(a, bytes(64, 0));
        stream.fill(b, 7);
        kernels.field().addBase(a, a, a, 16);
        kernels.field().sumExt(b, 16);
        stream.out(bytes(48, 0), a);
        assertThatThrownBy(() -> kernels.field().addBase(a, a, a, 100)).isInstanceOf(IllegalArgumentException.class);
        stream.sync();
        DeviceCount count = device.count();
        assertThat(count.waitNanos()).isPositive();
        assertThat(count).isEqualTo(new DeviceCount(3, 1, 1, 64, 48, 2, count.waitNanos(), 128 + 256));
        device.release(b);
        device.resetPeak();
        assertThat(device.count().peakBytes()).isEqualTo(128);
        device.release(a);
    }

    @Test
    void structuresAreLaidOutAsTheBindingsSay() {
        List<GroupLayout> layouts = List.of(chg_qm31.layout(), chg_device_info.layout(), chg_blake3_mode.layout(),
                chg_count_part.layout(), chg_count_column.layout(), chg_count_table.layout(), chg_piece.layout(),
                chg_claim_term.layout(), chg_claim_run.layout(), chg_tree_segment.layout(), chg_tree_term.layout(),
                chg_tree_program.layout(), chg_tree_children.layout(), chg_factor.layout(), chg_statement.layout(),
                chg_column.layout(), chg_product.layout());
        assertThat(layouts).hasSize(ChagresCuda.CHG_LAYOUT_COUNT());
        for (int structure = 0; structure < layouts.size(); structure++) {
            GroupLayout layout = layouts.get(structure);
            List<Long> expected = new ArrayList<>(List.of(layout.byteSize(), layout.byteAlignment()));
            for (MemoryLayout member : layout.memberLayouts()) {
                member.name().ifPresent(name ->
                        expected.add(layout.byteOffset(MemoryLayout.PathElement.groupElement(name))));
            }
            MemorySegment values = arena.allocate(JAVA_LONG, 64);
            MemorySegment count = arena.allocate(JAVA_INT);
            Status.check(ChagresCuda.chg_layout(structure, values, 64, count));
            assertThat(values.asSlice(0, 8L * count.get(JAVA_INT, 0)).toArray(JAVA_LONG)).as(layout.toString())
                    .containsExactly(expected.stream().mapToLong(Long::longValue).toArray());
        }
    }

    @Test
    void freshMemoryIsPoisoned() {
        MemorySegment seen = bytes(SLAB, 0);
        stream.out(seen, device.allocate(SLAB));
        assertAll(seen, POISON);
    }

    @Test
    void copiesOfEverySizeComeBack() {
        Random random = new Random(7);
        for (long n : new long[] {0, 1, 15, 16, 17, 63, 64, 65, 4095, 4097, 100_001}) {
            byte[] data = new byte[(int) n];
            random.nextBytes(data);
            DeviceBuffer buffer = device.allocate(n + 4);
            stream.in(buffer, arena.allocateFrom(JAVA_BYTE, data));
            MemorySegment back = bytes(n + 1, 0);
            stream.out(back, buffer);
            assertThat(back.asSlice(0, n).toArray(JAVA_BYTE)).as("%d bytes", n).isEqualTo(data);
            assertThat(back.get(JAVA_BYTE, n)).as("the byte after %d", n).isEqualTo(POISON);
            stream.fill(buffer.slice(0, (n + 4) & -4), 0xA5A5A5A5);
            stream.release(buffer);
            stream.sync();
        }
    }

    @Test
    void fillSetsTheWordsOfItsBufferAlone() {
        DeviceBuffer buffer = device.allocate(4 * 37);
        stream.fill(buffer, 0x7FFF_FFFE);
        MemorySegment seen = arena.allocate(JAVA_INT, 48);
        stream.out(seen, new DeviceBuffer(device, buffer.address(), 192));
        for (int i = 0; i < 48; i++) {
            assertThat(seen.getAtIndex(JAVA_INT, i)).as("word %d", i).isEqualTo(i < 37 ? 0x7FFF_FFFE : 0xA5A5A5A5);
        }
        DeviceBuffer odd = buffer.slice(0, 7);
        assertThatThrownBy(() -> stream.fill(odd, 0)).hasMessage("chg_fill: 7 bytes are not whole words of 4 bytes");
    }

    @Test
    void nothingIsVisibleBeforeSync() {
        DeviceBuffer buffer = device.allocate(64);
        try (Pinned pinned = device.pinned(64)) {
            pinned.segment().fill((byte) 1);
            stream.fill(buffer, 0x02020202);
            stream.out(pinned.segment(), buffer);
            assertAll(pinned.segment(), 1);
            stream.sync();
            assertAll(pinned.segment(), 2);
        }
    }

    @Test
    void aPinnedSourceIsReadLateAndOtherMemoryAtOnce() {
        DeviceBuffer late = device.allocate(64);
        DeviceBuffer early = device.allocate(64);
        MemorySegment other = bytes(64, 1);
        try (Pinned pinned = device.pinned(64)) {
            pinned.segment().fill((byte) 1);
            stream.in(late, pinned.segment());
            stream.in(early, other);
            pinned.segment().fill((byte) 2);
            other.fill((byte) 2);
            stream.sync();
        }
        MemorySegment seen = bytes(64, 0);
        stream.out(seen, late);
        assertAll(seen, 2);
        stream.out(seen, early);
        assertAll(seen, 1);
    }

    @Test
    void closingPinnedMemoryWaitsForItsWork() {
        DeviceBuffer buffer = device.allocate(64);
        Pinned pinned = device.pinned(64);
        MemorySegment segment = pinned.segment();
        segment.fill((byte) 3);
        stream.in(buffer, segment);
        pinned.close();
        pinned.close();
        assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        MemorySegment seen = bytes(64, 0);
        stream.out(seen, buffer);
        assertAll(seen, 3);
    }

    /// As late as may be: with another seed the device might get on with all streams while it is asked for one.
    @Test
    void streamsHaveTheirOwnWork() {
        emulate(device, ChagresCuda.CHG_EMULATE_SEED(), 0);
        DeviceBuffer one = device.allocate(64);
        DeviceBuffer two = device.allocate(64);
        try (Stream other = device.stream(); Pinned pinned = device.pinned(128)) {
            pinned.segment().fill((byte) 0);
            stream.fill(one, 0x01010101);
            stream.out(pinned.segment().asSlice(0, 64), one);
            other.fill(two, 0x02020202);
            other.out(pinned.segment().asSlice(64), two);
            other.sync();
            assertAll(pinned.segment().asSlice(64), 2);
            assertAll(pinned.segment().asSlice(0, 64), 0);
            stream.sync();
            assertAll(pinned.segment().asSlice(0, 64), 1);
        }
    }

    private static void emulate(Device device, int setting, long value) {
        Status.check(ChagresCuda.chg_emulate(device.handle(), setting, value));
    }

    @Test
    void aStreamWaitsForAnotherOne() {
        DeviceBuffer buffer = device.allocate(64);
        try (Stream other = device.stream()) {
            for (int seed = 0; seed < 20; seed++) {
                emulate(device, ChagresCuda.CHG_EMULATE_SEED(), seed);
                stream.fill(buffer, 0x01010101);
                other.after(stream);
                other.fill(buffer, 0x02020202);
                stream.after(other);
                MemorySegment seen = bytes(64, 0);
                stream.out(seen, buffer);
                assertAll(seen, 2);
            }
        }
        try (Device second = library.open(0, 64); Stream foreign = second.stream()) {
            assertThatThrownBy(() -> stream.after(foreign)).hasMessageContaining("two devices");
        }
    }

    @Test
    void aLostDeviceSaysSoUntilItIsClosed() {
        try (Device lost = library.open(0, 64)) {
            DeviceBuffer buffer = lost.allocate(64);
            Stream work = lost.stream();
            emulate(lost, ChagresCuda.CHG_EMULATE_LOSS(), 1);
            work.fill(buffer, 0);
            assertThatThrownBy(work::sync).isInstanceOf(DeviceException.class)
                    .hasMessageMatching("chg_sync: the device was lost: chg_fill failed, as chg_emulate\\(\\) asked "
                            + "\\(emulator seed \\d+\\)")
                    .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.LOST);
            assertThatThrownBy(lost::stream).hasMessageContaining("was lost before; close it and open it again");
            assertThatThrownBy(work::close).extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.LOST);
        }
    }

    @Test
    void whatTheDeviceRunsOutOfIsSaid() {
        emulate(device, ChagresCuda.CHG_EMULATE_NO_MEMORY(), 1);
        assertThatThrownBy(device::stream).extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.MEMORY);
        device.stream().close();
    }

    @Test
    void releasedMemoryIsFreeAfterSync() {
        DeviceBuffer all = device.allocate(SLAB);
        assertThatThrownBy(() -> device.allocate(1)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("slab of 1048576 bytes 0 are free");
        stream.release(all);
        assertThat(device.available()).isZero();
        stream.sync();
        assertThat(device.available()).isEqualTo(SLAB);
        assertThat(device.allocate(SLAB)).isEqualTo(all);
    }

    @Test
    void slabsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> library.open(0, 1L << 60)).isInstanceOf(DeviceException.class)
                .hasMessageContaining("no memory for a slab of 1152921504606846976 bytes")
                .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.MEMORY);
        assertThatThrownBy(() -> library.open(0, 100)).hasMessageContaining("multiple of 64");
        assertThatThrownBy(() -> library.open(1, 64)).isInstanceOf(DeviceException.class)
                .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.NO_DEVICE);
    }

    @Test
    void whatIsNotAlignedOrOutsideIsRefused() {
        DeviceBuffer buffer = device.allocate(256);
        assertThatThrownBy(() -> buffer.slice(32, 32)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("multiple of 64");
        assertThatThrownBy(() -> buffer.slice(192, 128)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new DeviceBuffer(device, 0, 64)).hasMessageContaining("not in the slab");
        assertThatThrownBy(() -> new DeviceBuffer(device, buffer.address(), SLAB + 64))
                .hasMessageContaining("not in the slab");
        assertThatThrownBy(() -> new DeviceBuffer(device, buffer.address(), -1))
                .hasMessageContaining("not in the slab");
        // The library checks for callers without this face.
        MemorySegment memory = bytes(64, 0);
        assertThat(ChagresCuda.chg_in(MemorySegment.NULL, buffer.address(), memory, 64))
                .isEqualTo(ChagresCuda.CHG_ARGUMENT());
        assertThat(ChagresCuda.chg_message().getString(0)).isEqualTo("chg_in: stream is null");
    }

    @Test
    void memoryThatACopyCannotUseIsRefused() {
        DeviceBuffer buffer = device.allocate(64);
        assertThatThrownBy(() -> stream.in(buffer, MemorySegment.ofArray(new byte[8])))
                .hasMessageContaining("Java heap");
        assertThatThrownBy(() -> stream.in(buffer, bytes(65, 0))).hasMessageContaining("the buffer only 64");
        assertThatThrownBy(() -> stream.out(bytes(8, 0).asReadOnly(), buffer)).hasMessageContaining("read-only");
        try (Device second = library.open(0, 64)) {
            DeviceBuffer foreign = second.allocate(64);
            assertThatThrownBy(() -> stream.fill(foreign, 0)).hasMessageContaining("another device");
        }
    }

    @Test
    void aDeviceInUseIsNotClosed() {
        assertThatThrownBy(device::close).isInstanceOf(DeviceException.class)
                .hasMessageContaining("1 streams and 0 pinned blocks are open");
        stream.close();
        stream.close();
        assertThatThrownBy(stream::sync).hasMessageContaining("closed");
        device.close();
        device.close();
        assertThatThrownBy(() -> device.allocate(1)).hasMessageContaining("closed");
        assertThatThrownBy(device::stream).hasMessageContaining("closed");
    }

    @Test
    void deviceAddressesAreNoAddressesOfThisProcess() {
        DeviceBuffer buffer = device.allocate(64);
        assertThat(buffer.address() >>> 47).as("bits that no address of a process has").isNotZero();
    }
}
