package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.PanelKernels;
import dev.chagres.kernel.simd.KernelRates.Rate;
import java.lang.foreign.Arena;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A vector loop that C2 could not inline boxes its vectors and is 20 to 50 times slower; nothing else fails then. So
/// every kernel must stay below ten times its recorded time.
class KernelThroughputTest {
    private static final double ALLOWED = 10;

    /// Long enough for both compilers on a busy machine; a good build needs about one second.
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    private static Backend vector() {
        Backend vector = Backends.byName("auto");
        assumeTrue(vector.name().startsWith("vector") && Lanes.BITS > 128, "vector kernels are not in use here");
        return vector;
    }

    @TestFactory
    Stream<DynamicTest> noKernelBoxesItsVectors() {
        Arena arena = Arena.ofShared();
        return KernelRates.of(vector(), arena).stream()
                .map(rate -> DynamicTest.dynamicTest(rate.kernel(), () -> assertFast(rate)))
                .onClose(arena::close);
    }

    private static void assertFast(Rate rate) {
        double limit = ALLOWED * rate.nanos() * rate.units();
        long end = System.nanoTime() + DEADLINE_NANOS;
        long best = Long.MAX_VALUE;
        while (best > limit && System.nanoTime() < end) {
            long start = System.nanoTime();
            rate.call().run();
            best = Math.min(best, System.nanoTime() - start);
        }
        assertThat((double) best / rate.units()).as("ns per unit of %s, recorded %s", rate.kernel(), rate.nanos())
                .isLessThanOrEqualTo(ALLOWED * rate.nanos());
    }

    @Test
    void everyKernelHasARate() {
        Set<String> kernels = new HashSet<>();
        List.of(FieldKernels.class, IntegerKernels.class, FftKernels.class, HashKernels.class)
                .forEach(family -> addNames(kernels, "", family));
        addNames(kernels, "panel ", PanelKernels.class);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(KernelRates.of(vector(), arena)).extracting(Rate::kernel)
                    .doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(kernels);
        }
    }

    private static void addNames(Set<String> names, String prefix, Class<?> family) {
        for (Method method : family.getDeclaredMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
                names.add(prefix + method.getName());
            }
        }
    }
}
