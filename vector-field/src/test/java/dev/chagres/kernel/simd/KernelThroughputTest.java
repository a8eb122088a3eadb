package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/// A vector loop that C2 could not inline boxes its vectors and is some twenty times slower than the scalar one.
/// Nothing else fails then, so the speed itself is tested: compiled vector loops must beat their scalar twins.
class KernelThroughputTest {
    private static final int ELEMENTS = 4096;
    private static final QM31 CHALLENGE = new QM31(5, 77_777_777, 123_456_789, 2_000_000_000);

    /// Long enough for both compilers on a busy machine; a good build needs one or two seconds.
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    private static void assertVectorIsFaster(String name, KernelCall call) {
        Backend vector = Backends.byName("auto");
        assumeTrue(vector.name().startsWith("vector"), "vector kernels are not in use here, nothing to compare");
        FieldKernels fast = vector.field();
        FieldKernels slow = Backends.scalar().field();
        try (Arena arena = Arena.ofConfined()) {
            long[] buffers = new long[3];
            for (int k = 0; k < buffers.length; k++) {
                buffers[k] = Memory.allocateExt(arena, ELEMENTS);
            }
            long best = Long.MAX_VALUE;
            long bestScalar = Long.MAX_VALUE;
            long end = System.nanoTime() + DEADLINE_NANOS;
            // The scalar loop is timed when it is warm too: at least a thousand calls, about a third of a second.
            for (int round = 0; round < 20 || best > bestScalar && System.nanoTime() < end; round++) {
                best = Math.min(best, fastest(50, () -> call.run(fast, buffers)));
                bestScalar = Math.min(bestScalar, fastest(50, () -> call.run(slow, buffers)));
            }
            assertThat(best).as("ns for %d elements of %s, scalar %d", ELEMENTS, name, bestScalar).isLessThanOrEqualTo(bestScalar);
        }
    }

    private interface KernelCall {
        void run(FieldKernels kernels, long[] buffers);
    }

    private static long fastest(int calls, Runnable call) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            call.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        return best;
    }

    @Test
    void mulExt() {
        assertVectorIsFaster("mulExt", (k, b) -> k.mulExt(b[0], b[1], b[2], ELEMENTS));
    }

    @Test
    void foldExt() {
        assertVectorIsFaster("foldExt", (k, b) -> k.foldExt(b[0], b[1], b[2], CHALLENGE, ELEMENTS));
    }

    /// The largest loop of the package.
    @Test
    void addFractions() {
        assertVectorIsFaster("addFractions", (k, b) -> {
            k.addFractions(b[0], b[1], b[2], b[2], b[2], b[2], ELEMENTS);
        });
    }
}
