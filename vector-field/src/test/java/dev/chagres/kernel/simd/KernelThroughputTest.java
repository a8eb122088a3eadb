package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// A vector loop that C2 could not inline boxes its vectors and is 20 to 50 times slower; nothing else fails then. So
/// every kernel has a recorded time, and must stay below ten times that.
///
/// Recorded: ns per unit of work in cache, one core with AVX-512 at about 2.6 GHz (Intel Xeon, family 6 model 167),
/// Temurin 25.0.3. A unit is an element of output, or of input where that is more; a multiply-add for matrix products; a
/// byte for hashes.
class KernelThroughputTest {
    private static final int N = 2048;
    private static final int LOG_ROW = 14;
    private static final int DEPTH = 256;
    private static final QM31 R = new QM31(5, 77_777_777, 123_456_789, 2_000_000_000);
    private static final double ALLOWED = 10;

    /// Long enough for both compilers on a busy machine; a good build needs about one second.
    private static final long DEADLINE_NANOS = 30_000_000_000L;

    private record Rate(String kernel, double nanos, long units, Runnable call) {}

    private final List<Rate> rates = new ArrayList<>();

    private void field(FieldKernels k, long[] b, long w) {
        add("addBase", 0.08, N, () -> k.addBase(b[0], b[1], b[2], N));
        add("subBase", 0.08, N, () -> k.subBase(b[0], b[1], b[2], N));
        add("mulBase", 0.16, N, () -> k.mulBase(b[0], b[1], b[2], N));
        add("mulAddBase", 0.20, N, () -> k.mulAddBase(b[0], b[1], b[2], b[3], N));
        add("embedInt8", 0.07, N, () -> k.embedInt8(b[0], b[1], N));
        add("embedInt16", 0.07, N, () -> k.embedInt16(b[0], b[1], N));
        add("embedInt32", 0.07, N, () -> k.embedInt32(b[0], b[1], N));
        add("embedInts", 0.07, N, () -> k.embedInts(b[0], b[1], 16, N));
        add("extFromBase", 0.25, N, () -> k.extFromBase(b[0], b[1], N));
        add("addExt", 0.25, N, () -> k.addExt(b[0], b[1], b[2], N));
        add("subExt", 0.25, N, () -> k.subExt(b[0], b[1], b[2], N));
        add("mulExt", 1.5, N, () -> k.mulExt(b[0], b[1], b[2], N));
        add("mulExtByBase", 0.51, N, () -> k.mulExtByBase(b[0], b[1], b[2], N));
        add("scaleExt", 1.5, N, () -> k.scaleExt(b[0], b[1], R, N));
        add("addScaledExt", 1.6, N, () -> k.addScaledExt(b[0], b[1], R, N));
        add("addScaledBase", 0.55, N, () -> k.addScaledBase(b[0], b[1], R, N));
        add("addScaledInts", 0.63, N, () -> k.addScaledInts(b[0], b[1], 16, R, N));
        add("fillExt", 0.20, N, () -> k.fillExt(b[0], R, N));
        add("constantMinusBase", 0.11, N, () -> k.constantMinusBase(b[0], R, b[1], N));
        add("foldExt", 1.5, N, () -> k.foldExt(b[0], b[1], b[2], R, N));
        add("foldBase", 0.49, N, () -> k.foldBase(b[0], b[1], b[2], R, N));
        add("sumExt", 0.25, N, () -> k.sumExt(b[0], N));
        add("dotExt", 1.2, N, () -> k.dotExt(b[0], b[1], N));
        add("dotBase", 0.44, N, () -> k.dotBase(b[0], b[1], N));
        add("dotInts", 0.53, N, () -> k.dotInts(b[0], 16, b[1], N));
        add("combineRows", 0.30, N, () -> k.combineRows(b[0], b[1], 128, 128, w, N / 128));
        add("combineRowsInts", 0.25, N, () -> k.combineRowsInts(b[0], b[1], 16, 128, 128, w, N / 128));
        QM31[] point = {R, R, R, R, R, R, R, R, R, R, R};
        add("eqTable", 2.0, N, () -> k.eqTable(b[0], point, R));
        add("roundProduct", 3.1, N, () -> k.roundProduct(b[0], b[1], b[2], b[3], N));
        add("roundEqProduct", 6.1, N, () -> k.roundEqProduct(b[0], b[1], b[2], b[3], b[4], N));
        add("roundEqProduct3", 16.3, N, () -> k.roundEqProduct3(b[0], b[1], b[2], b[3], b[4], b[5], b[6], N));
        add("roundFractions", 14.4, N,
                () -> k.roundFractions(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[0], R, N));
        add("roundMerged", 12.3, N, () -> k.roundMerged(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[0], N));
        int quarter = N / 4;
        add("foldRoundProduct", 9.5, quarter, () -> k.foldRoundProduct(b[0], b[1], quarter, R, quarter));
        add("foldRoundEqProduct", 12.7, quarter, () -> k.foldRoundEqProduct(b[0], b[1], b[2], quarter, R, quarter));
        add("foldRoundMerged", 27, quarter, () -> k.foldRoundMerged(b[0], b[1], b[2], b[3], b[4], quarter, R, quarter));
        add("addFractions", 5.7, N, () -> k.addFractions(b[0], b[1], b[2], b[3], b[4], b[5], N));
        add("addUnitFractions", 1.8, N, () -> k.addUnitFractions(b[0], b[1], b[2], b[3], N));
        add("leafPair", 1.0, N, () -> k.leafPair(b[0], b[1], b[2], b[3], 16, R, N));
        add("leafQuad", 4.2, N, () -> k.leafQuad(b[0], b[1], b[2], b[3], b[4], b[5], 16, R, N));
    }

    private void integer(IntegerKernels k, long[] b, long small) {
        add("matmul", 0.03, (long) DEPTH * 32 * 64, () -> k.matmul(b[0], 64, small, DEPTH, b[2], 64, 32, DEPTH, 64));
        add("matvec", 0.06, (long) DEPTH * 32, () -> k.matvec(b[0], small, DEPTH, b[2], 32, DEPTH));
        add("shiftRound", 0.1, N, () -> k.shiftRound(b[0], b[1], b[2], 9, N));
        add("lookup", 0.8, N, () -> k.lookup(b[0], b[1], Short.MIN_VALUE, small, N));
        add("histogram", 1.6, N, () -> k.histogram(b[1], Short.MIN_VALUE, small, N));
        add("max", 0.06, N, () -> k.max(b[0], N));
    }

    private void transforms(FftKernels k, HashKernels h, long[] b) {
        add("encode", 2.5, 1 << LOG_ROW, () -> k.encode(b[0], b[1], LOG_ROW - 1, LOG_ROW, 1));
        int[] positions = {77, 1000, 1001, 5000, 9999, 12345, 16000};
        add("encodeAt", 0.48, 1 << LOG_ROW, () -> k.encodeAt(b[0], b[1], LOG_ROW - 1, LOG_ROW, positions));
        add("encodeTransposed", 2.5, 1 << LOG_ROW, () -> k.encodeTransposed(b[0], b[1], LOG_ROW - 1, LOG_ROW));
        add("hashColumns", 0.16, 64 * 512, () -> h.hashColumns(b[0], b[1], 64 * 512, 16, 0, 512));
        add("initColumns", 0.01, 32 * 512, () -> h.initColumns(b[0], 512));
        add("absorbColumns", 0.15, 64 * 512, () -> h.absorbColumns(b[0], b[1], 4 * 512, 16, 512, 0, 0));
        add("mergeColumns", 0.15, 64 * 512, () -> h.mergeColumns(b[0], b[1], 512, 4));
        add("storeColumns", 0.03, 32 * 512, () -> h.storeColumns(b[0], b[1], 512));
        add("hashPairs", 0.16, 64 * 512, () -> h.hashPairs(b[0], b[1], 512));
    }

    private void add(String kernel, double nanos, long units, Runnable call) {
        rates.add(new Rate(kernel, nanos, units, call));
    }

    private void fillRates(Arena arena) {
        Backend vector = Backends.byName("auto");
        assumeTrue(vector.name().startsWith("vector") && Lanes.BITS > 128, "vector kernels are not in use here");
        SplittableRandom random = new SplittableRandom(1);
        // Large enough for a table of 2^16 entries and a codeword.
        long[] b = new long[8];
        for (int k = 0; k < b.length; k++) {
            b[k] = Memory.allocateExt(arena, 1 << 15);
            for (int i = 0; i < 1 << 17; i++) {
                Memory.setInt(b[k], i, random.nextInt(M31.P));
            }
        }
        long w = Memory.allocateExt(arena, N);
        // 32-bit indices inside a table of 2^16 entries.
        long small = Memory.allocateBase(arena, 1 << 15);
        for (int i = 0; i < 1 << 15; i++) {
            Memory.setInt(small, i, random.nextInt(Short.MIN_VALUE, Short.MAX_VALUE));
        }
        field(vector.field(), b, w);
        integer(vector.integer(), b, small);
        transforms(vector.fft(), vector.hash(), b);
    }

    @TestFactory
    Stream<DynamicTest> noKernelBoxesItsVectors() {
        Arena arena = Arena.ofShared();
        fillRates(arena);
        return rates.stream().map(rate -> DynamicTest.dynamicTest(rate.kernel, () -> assertFast(rate))).onClose(arena::close);
    }

    private static void assertFast(Rate rate) {
        double limit = ALLOWED * rate.nanos * rate.units;
        long end = System.nanoTime() + DEADLINE_NANOS;
        long best = Long.MAX_VALUE;
        while (best > limit && System.nanoTime() < end) {
            long start = System.nanoTime();
            rate.call.run();
            best = Math.min(best, System.nanoTime() - start);
        }
        assertThat((double) best / rate.units).as("ns per unit of %s, recorded %s", rate.kernel, rate.nanos)
                .isLessThanOrEqualTo(ALLOWED * rate.nanos);
    }

    @Test
    void everyKernelHasARate() {
        Set<String> kernels = new HashSet<>();
        for (Class<?> family : List.of(FieldKernels.class, IntegerKernels.class, FftKernels.class, HashKernels.class)) {
            for (Method method : family.getDeclaredMethods()) {
                if (!Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
                    kernels.add(method.getName());
                }
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            fillRates(arena);
            assertThat(rates).extracting(Rate::kernel).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(kernels);
        }
    }
}
