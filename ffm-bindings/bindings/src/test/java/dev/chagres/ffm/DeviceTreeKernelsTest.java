package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernels of trees refuse before the device hears of it; what they give is the matter of the tests of stages.
class DeviceTreeKernelsTest {
    private Device device;
    private Stream stream;
    private DeviceTreeKernels kernels;
    private DeviceBuffer buffer;

    @BeforeAll
    static void needHost() {
        NativeBuildFacts.needHost();
    }

    @BeforeEach
    void open() {
        device = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, 1 << 18);
        stream = device.stream();
        kernels = new DeviceKernels(stream).tree();
        buffer = device.allocate(1 << 10);
        stream.fill(buffer, 0);
    }

    @AfterEach
    void close() {
        stream.close();
        device.close();
    }

    private static void assertRefused(ThrowingCallable call, String reason) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }

    private TreeSegment segment(long tiles, int lowBits, TreeTerm... terms) {
        return new TreeSegment(QM31.ONE, tiles, lowBits, null, null, List.of(terms));
    }

    @Test
    void segmentsThatDoNotFitTheirBuffersAreRefused() {
        DeviceInts bytes = new DeviceInts(buffer, 8);
        assertRefused(() -> segment(0, 1), "0 tiles of 2^1 leaves");
        assertRefused(() -> segment(1, 33), "1 tiles of 2^33 leaves");
        assertRefused(() -> new TreeTerm.Values(QM31.ONE, bytes, 1025, buffer, null), "1025 integers of 8 bits");
        TreeTerm term = new TreeTerm.Values(QM31.ONE, bytes, 1024, buffer.slice(0, 64), buffer.slice(64, 64));
        assertThat(segment(8, 4, term).leaves()).isEqualTo(128);
        assertRefused(() -> segment(9, 4, term), "9 starts, the buffer has 8");
        assertRefused(() -> segment(8, 5, term), "32 places inside, the buffer has 16");
        assertRefused(() -> new TreeSegment(QM31.ONE, 33, 5, bytes, null, List.of()), "1056 numerators");
        assertRefused(() -> new TreeSegment(QM31.ONE, 129, 0, null, buffer, List.of()), "129 entries");
    }

    @Test
    void programsWithoutRoomOrOfTwoDevicesAreRefused() {
        List<TreeSegment> segments = List.of(segment(2, 4), segment(1, 2));
        assertThat(TreeProgram.bytes(segments)).isEqualTo(128);
        assertRefused(() -> new TreeProgram(segments, 6, 2, 2, buffer.slice(0, 64)), "a program of 128 bytes");
        try (Device second = NativeLibrary.load(NativeLibrary.Kind.HOST).open(0, 1 << 10)) {
            DeviceBuffer foreign = second.allocate(1 << 10);
            TreeTerm term = new TreeTerm.Values(QM31.ONE, new DeviceInts(foreign, 8), 1, foreign, null);
            assertRefused(() -> new TreeProgram(List.of(segment(1, 4, term)), 5, 0, 5, buffer), "another device");
            TreeProgram program = new TreeProgram(segments, 6, 2, 2, foreign);
            assertRefused(() -> kernels.leaves(program, buffer, buffer), "another device");
        }
    }

    @Test
    void shapesAndLayersThatDoNotFitAreRefused() {
        TreeProgram program = new TreeProgram(List.of(segment(2, 4), segment(1, 2)), 6, 2, 2, device.allocate(128));
        assertThat(program.stored()).isEqualTo(48);
        assertThat(program.children()).isEqualTo(new TreeShape(12, 12, 5, 1));
        assertThat(program.children().bound().bound()).isEqualTo(new TreeShape(8, 8, 3, 0));
        assertRefused(() -> new TreeShape(17, 17, 5, 1), "strips of 17");
        assertRefused(() -> new TreeShape(4, 3, 5, 1), "strips of 4 and 3");
        assertRefused(() -> kernels.leaves(program, buffer.slice(0, 512), buffer), "do not fit");
        TreeChildren children = new TreeChildren(buffer, buffer, 33, new TreeShape(32, 32, 5, 0));
        DeviceBuffer eq = device.allocate(DeviceTreeKernels.eqBytes(4));
        assertRefused(() -> kernels.round(children, eq, 4, QM31.ONE), "65 elements of 16 bytes");
        assertRefused(() -> kernels.leafFoldRound(program, children, eq, 4, QM31.ONE, QM31.ONE),
                "the leaves are bound");
        assertRefused(() -> DeviceTreeKernels.eqBytes(33), "33 variables");
        assertThat(DeviceTreeKernels.eqBytes(12)).isEqualTo(Memory.extBytes(2048 + 16));
        TreeProgram whole = new TreeProgram(List.of(segment(2, 4)), 5, 0, 5, device.allocate(64));
        assertThatThrownBy(whole::children).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("without strips");
    }
}
