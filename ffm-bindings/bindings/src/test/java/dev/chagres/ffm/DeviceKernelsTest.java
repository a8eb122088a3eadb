package dev.chagres.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.kernel.CircleTwiddles;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernels of a device refuse, and how calls of several of them follow each other; what each of them gives is
/// the matter of the law suites.
class DeviceKernelsTest {
    private static final long SLAB = 1 << 20;

    private static NativeLibrary library;

    private Device device;
    private Stream stream;
    private DeviceKernels kernels;

    @BeforeAll
    static void load() {
        NativeBuildFacts.needHost();
        library = NativeLibrary.load(NativeLibrary.Kind.HOST);
    }

    @BeforeEach
    void open() {
        device = library.open(0, SLAB);
        stream = device.stream();
        kernels = new DeviceKernels(stream);
    }

    @AfterEach
    void close() {
        stream.close();
        device.close();
    }

    private int[] read(DeviceBuffer buffer, int n) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seen = arena.allocate(JAVA_INT, n);
            stream.out(seen, buffer);
            return seen.toArray(JAVA_INT);
        }
    }

    /// Results stay on the device and are what the next kernels work with; the host waits once.
    @Test
    void callsFollowEachOtherOnTheDevice() {
        int n = 1000;
        DeviceBuffer a = device.allocate(Memory.extBytes(n));
        DeviceBuffer b = device.allocate(Memory.extBytes(n));
        QM31 s = new QM31(1, 2, 3, 4);
        QM31 t = new QM31(5, 6, 7, 8);
        kernels.field().fillExt(a, s, n);
        kernels.field().fillExt(b, t, n);
        kernels.field().mulExt(a, a, b, n);
        kernels.field().foldExt(a, a, b, s, n);
        QM31 one = s.mul(t).add(s.mul(t.sub(s.mul(t))));
        assertThat(kernels.field().sumExt(a, n)).isEqualTo(one.mul(n));
    }

    @Test
    void twiddlesAreThoseOfTheHost() {
        int logN = 15;
        DeviceBuffer twiddles = device.allocate(DeviceFftKernels.twiddleBytes(logN));
        kernels.fft().twiddles(twiddles, logN);
        int[] all = read(twiddles, 1 << logN - 1);
        for (int m = 2; m <= logN; m++) {
            for (int i = 0; i < 1 << m - 2; i++) {
                assertThat(all[(1 << m - 2) + i]).as("entry %d of table %d", i, m)
                        .isEqualTo(Memory.getInt(CircleTwiddles.x(m), i));
            }
        }
    }

    private static void assertRefused(ThrowingCallable call, String reason) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }

    @Test
    void operandsThatDoNotFitAreRefused() {
        DeviceBuffer small = device.allocate(192);
        DeviceBuffer large = device.allocate(4096);
        assertRefused(() -> kernels.field().addBase(small, large, large, 49), "49 elements of 4 bytes");
        assertRefused(() -> kernels.field().addExt(large, large, small, 1), "do not fit a buffer of 192 bytes");
        assertRefused(() -> kernels.field().addBase(large, large, large, -1), "-1 elements");
        assertRefused(() -> kernels.field().addBase(large, large, large, Long.MAX_VALUE), "elements of 4 bytes");
        assertRefused(() -> new DeviceInts(small, 0, 12), "integers of 12 bits");
        assertRefused(() -> new DeviceInts(small, 97, 16), "integer 97 of 16 bits is not in a buffer of 192 bytes");
        DeviceInts ints = new DeviceInts(small, 90, 16);
        assertRefused(() -> kernels.field().embedInts(large, ints, 7), "7 integers of 16 bits from number 90 on");
        assertRefused(() -> kernels.field().leafPair(large, large, ints, new DeviceInts(small, 8), QM31.ONE, 1),
                "ints of 16 and of 8 bits");
        assertRefused(() -> kernels.field().eqTable(large, new QM31[33], QM31.ONE), "33 variables");
        assertRefused(() -> kernels.field().foldRoundProduct(large, large, 8, QM31.ONE, 1), "8 apart");
        assertRefused(() -> kernels.integer().matvec(large, new DeviceInts(small, 32), 1, large, 1, 1),
                "integers of 16 bits are asked for, not of 32");
        assertRefused(() -> kernels.panel().copy(large, 16, small, 48, 2, 16), "integers of 32 bits");
        assertRefused(() -> kernels.panel().copy(large, 16, large, 16, -1, 16), "-1 rows");
        assertRefused(() -> DeviceFftKernels.twiddleBytes(31), "[1, 30]: 31");
        assertThat(read(large, 1024)).as("nothing was done").containsOnly(0xa5a5a5a5);
    }

    /// What the library refuses is a failure with its message.
    @Test
    void theLibraryRefusesOverlaps() {
        DeviceBuffer buffer = device.allocate(4096);
        assertThatThrownBy(() -> kernels.field().addBase(buffer.slice(64, 1024), buffer, buffer, 256))
                .isInstanceOf(DeviceException.class).hasMessage("chg_add_base: dst overlaps a")
                .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.ARGUMENT);
    }

    @Test
    void buffersOfAnotherDeviceAndClosedStreamsAreRefused() {
        DeviceBuffer own = device.allocate(64);
        try (Device second = library.open(0, 64)) {
            DeviceBuffer foreign = second.allocate(64);
            assertRefused(() -> kernels.field().addBase(own, own, foreign, 16), "another device");
        }
        stream.close();
        assertThatThrownBy(() -> kernels.field().addBase(own, own, own, 16)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
