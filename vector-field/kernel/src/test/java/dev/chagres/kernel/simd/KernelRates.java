package dev.chagres.kernel.simd;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.hash.Blake3Mode;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.HashKernels;
import dev.chagres.kernel.IntegerKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.PanelKernels;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One call of every kernel and the time it took once.
///
/// Recorded: ns per unit of work in cache, one core with AVX-512 at 3.4 GHz (Intel Xeon, family 6 model 167), Temurin
/// 25.0.3. A unit is an element of output, or of input where that is more; a multiply-add for matrix products; a byte
/// for hashes.
final class KernelRates {
    /// @param nanos recorded time of one unit
    /// @param units in one call
    record Rate(String kernel, double nanos, long units, Runnable call) {}

    private static final int N = 2048;
    private static final int LOG_ROW = 14;
    private static final int DEPTH = 256;
    private static final int WIDTH = 64;
    private static final QM31 R = new QM31(5, 77_777_777, 123_456_789, 2_000_000_000);

    private final List<Rate> list = new ArrayList<>();

    private void field(FieldKernels k, long[] b, long w) {
        add("addBase", 0.065, N, () -> k.addBase(b[0], b[1], b[2], N));
        add("subBase", 0.065, N, () -> k.subBase(b[0], b[1], b[2], N));
        add("mulBase", 0.13, N, () -> k.mulBase(b[0], b[1], b[2], N));
        add("mulAddBase", 0.16, N, () -> k.mulAddBase(b[0], b[1], b[2], b[3], N));
        add("embedInt8", 0.06, N, () -> k.embedInt8(b[0], b[1], N));
        add("embedInt16", 0.06, N, () -> k.embedInt16(b[0], b[1], N));
        add("embedInt32", 0.06, N, () -> k.embedInt32(b[0], b[1], N));
        add("embedInts", 0.06, N, () -> k.embedInts(b[0], b[1], 16, N));
        add("gatherInts", 0.7, N, () -> k.gatherInts(b[0], b[2], 0, N, b[1], 32, N));
        add("extFromBase", 0.09, N, () -> k.extFromBase(b[0], b[1], N));
        add("addExt", 0.35, N, () -> k.addExt(b[0], b[1], b[2], N));
        add("subExt", 0.35, N, () -> k.subExt(b[0], b[1], b[2], N));
        add("mulExt", 1.4, N, () -> k.mulExt(b[0], b[1], b[2], N));
        add("mulExtByBase", 0.42, N, () -> k.mulExtByBase(b[0], b[1], b[2], N));
        add("scaleExt", 1.2, N, () -> k.scaleExt(b[0], b[1], R, N));
        add("addScaledExt", 1.3, N, () -> k.addScaledExt(b[0], b[1], R, N));
        add("addScaledBase", 0.42, N, () -> k.addScaledBase(b[0], b[1], R, N));
        add("addScaledInts", 0.60, N, () -> k.addScaledInts(b[0], b[1], 16, R, N));
        add("constantMinusBase", 0.075, N, () -> k.constantMinusBase(b[0], R, b[1], N));
        add("fillExt", 0.075, N, () -> k.fillExt(b[0], R, N));
        add("foldExt", 1.3, N, () -> k.foldExt(b[0], b[1], b[2], R, N));
        add("foldBase", 0.40, N, () -> k.foldBase(b[0], b[1], b[2], R, N));
        add("sumExt", 0.21, N, () -> k.sumExt(b[0], N));
        add("dotExt", 1.2, N, () -> k.dotExt(b[0], b[1], N));
        add("dotBase", 0.39, N, () -> k.dotBase(b[0], b[1], N));
        add("dotInts", 0.46, N, () -> k.dotInts(b[0], 16, b[1], N));
        add("combineRows", 0.36, N, () -> k.combineRows(b[0], b[1], 128, 128, w, N / 128));
        add("combineRowsInts", 0.33, N, () -> k.combineRowsInts(b[0], b[1], 16, 128, 128, w, N / 128));
        QM31[] point = {R, R, R, R, R, R, R, R, R, R, R};
        add("eqTable", 1.4, N, () -> k.eqTable(b[0], point, R));
        add("roundProduct", 2.8, N, () -> k.roundProduct(b[0], b[1], b[2], b[3], N));
        add("roundEqProduct", 5.5, N, () -> k.roundEqProduct(b[0], b[1], b[2], b[3], b[4], N));
        add("roundEqProduct3", 14.5, N, () -> k.roundEqProduct3(b[0], b[1], b[2], b[3], b[4], b[5], b[6], N));
        add("roundFractions", 12.4, N,
                () -> k.roundFractions(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[0], R, N));
        add("roundMerged", 10.3, N, () -> k.roundMerged(b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[0], N));
        int quarter = N / 4;
        add("foldRoundProduct", 8.2, quarter, () -> k.foldRoundProduct(b[0], b[1], quarter, R, quarter));
        add("foldRoundEqProduct", 10.7, quarter, () -> k.foldRoundEqProduct(b[0], b[1], b[2], quarter, R, quarter));
        add("foldRoundMerged", 21, quarter, () -> k.foldRoundMerged(b[0], b[1], b[2], b[3], b[4], quarter, R, quarter));
        add("addFractions", 4.0, N, () -> k.addFractions(b[0], b[1], b[2], b[3], b[4], b[5], N));
        add("addUnitFractions", 1.7, N, () -> k.addUnitFractions(b[0], b[1], b[2], b[3], N));
        add("leafPair", 0.86, N, () -> k.leafPair(b[0], b[1], b[2], b[3], 16, R, N));
        int row = FieldKernels.GRID_ROW;
        long points = (long) FieldKernels.GRID_ROWS * row;
        add("extendGrid", 0.09, points, () -> k.extendGrid(b[0], row));
        add("addGridProducts", 0.65, points, () -> k.addGridProducts(b[0], b[1], b[2], b[3], row));
        add("addGridCross", 0.85, points, () -> k.addGridCross(b[0], b[1], b[2], b[3], b[4], b[5], row));
        add("addGridCorners", 0.5, 8L * row, () -> k.addGridCorners(b[0], b[1], b[2], b[3], row));
        add("leafQuad", 3.5, N, () -> k.leafQuad(b[0], b[1], b[2], b[3], b[4], b[5], 16, R, N));
    }

    private void integer(IntegerKernels k, long[] b, long small) {
        add("matmul", 0.035, (long) DEPTH * 32 * 64, () -> k.matmul(b[0], 64, small, DEPTH, b[2], 64, 32, DEPTH, 64));
        add("matvec", 0.05, (long) DEPTH * 32, () -> k.matvec(b[0], small, DEPTH, b[2], 32, DEPTH));
        add("shiftRound", 0.08, N, () -> k.shiftRound(b[0], b[1], b[2], 9, N));
        add("lookup", 0.55, N, () -> k.lookup(b[0], b[1], Short.MIN_VALUE, small, N));
        add("histogram", 0.80, N, () -> k.histogram(b[1], Short.MIN_VALUE, small, N));
        add("max", 0.04, N, () -> k.max(b[0], N));
    }

    private void transforms(FftKernels k, HashKernels h, long[] b) {
        add("encode", 1.6, 1 << LOG_ROW, () -> k.encode(b[0], b[1], LOG_ROW - 1, LOG_ROW, 1));
        int[] positions = {77, 1000, 1001, 5000, 9999, 12345, 16000};
        add("encodeAt", 0.48, 1 << LOG_ROW, () -> k.encodeAt(b[0], b[1], LOG_ROW - 1, LOG_ROW, positions));
        add("encodeTransposed", 1.8, 1 << LOG_ROW, () -> k.encodeTransposed(b[0], b[1], LOG_ROW - 1, LOG_ROW));
        add("hashColumns", 0.19, 64 * 512, () -> h.hashColumns(Blake3Mode.HASH, b[0], b[1], 64 * 512, 16, 0, 512));
        add("hashPairs", 0.25, 56 * 512, () -> h.hashPairs(Blake3Mode.HASH, b[0], b[1], 512, 28));
        add("initColumns", 0.01, 32 * 512, () -> h.initColumns(Blake3Mode.HASH, b[0], 512));
        add("absorbColumns", 0.15, 64 * 512,
                () -> h.absorbColumns(Blake3Mode.HASH, b[0], b[1], 4 * 512, 16, 512, 0, 0));
        add("mergeColumns", 0.15, 64 * 512, () -> h.mergeColumns(Blake3Mode.HASH, b[0], b[1], 512, 0));
        add("storeColumns", 0.03, 32 * 512, () -> h.storeColumns(b[0], b[1], 512, 28));
        byte[] head = new byte[48];
        int[] start = new int[8];
        add("leastNonce", 40, 512, () -> h.leastNonce(head, 64, 0, 512, start, 0));
        add("loadColumns", 0.5, 8 * 512, () -> h.loadColumns(b[0], b[1], 512));
    }

    private void add(String kernel, double nanos, long units, Runnable call) {
        list.add(new Rate(kernel, nanos, units, call));
    }

    /// Panels of 32 rows of 64 lanes.
    private void panels(PanelKernels k, long[] b, long small) {
        int rows = N / WIDTH;
        add("panel copy", 0.05, N, () -> k.copy(b[0], WIDTH, small, WIDTH, rows, WIDTH));
        add("panel widen", 0.055, N, () -> k.widen(b[0], WIDTH, small, WIDTH, rows, WIDTH));
        add("panel narrow", 0.09, N, () -> k.narrow(b[0], WIDTH, small, WIDTH, rows, WIDTH));
        add("panel add", 0.05, N, () -> k.add(b[0], b[1], b[2], N));
        add("panel multiply", 0.08, N, () -> k.multiply(b[0], b[1], b[2], N));
        add("panel rotate", 0.15, N, () -> k.rotate(b[0], b[1], b[2], b[3], N));
        add("panel subtractFrom", 0.035, N, () -> k.subtractFrom(b[0], WIDTH, small, rows, WIDTH));
        add("panel max", 0.035, N, () -> k.max(b[0], small, WIDTH, rows, WIDTH));
        add("panel sum", 0.03, N, () -> k.sum(b[0], small, WIDTH, rows, WIDTH));
        add("panel magnitude", 0.04, N, () -> k.magnitude(b[0], small, WIDTH, rows, WIDTH));
        add("panel mantissas", 0.06, N, () -> k.mantissas(b[0], b[1], small, WIDTH, b[6], rows, WIDTH));
        add("panel neighbourProducts", 0.05, N, () -> k.neighbourProducts(b[0], small, WIDTH, rows, WIDTH));
        add("panel firstOutside", 0.06, N, () -> k.firstOutside(b[0], small, WIDTH, -9, 9, rows, WIDTH));
        add("panel scaleRound", 0.08, N, () -> k.scaleRound(b[0], b[1], small, WIDTH, b[6], 9, rows, WIDTH));
        add("panel lookup", 0.72, N, () -> k.lookup(b[0], b[1], Short.MIN_VALUE, 1 << 16, small, N));
        add("panel neighbours", 1.1, N, () -> k.neighbours(b[0], b[1], b[2], WIDTH, b[6], b[3], 1 << 16, rows, WIDTH));
        add("panel neighbourSums", 1.4, rows, () -> k.neighbourSums(small, WIDTH, 0, b[3], 1 << 16, rows));
        add("panel exponentialSums", 0.52, N, () -> k.exponentialSums(b[0], small, WIDTH, b[6], 0.01f, 1024,
                rows, WIDTH));
    }

    /// The calls work on buffers of `arena`.
    static List<Rate> of(Backend backend, Arena arena) {
        SplittableRandom random = new SplittableRandom(1);
        // Large enough for a table of 2^16 + 2 entries and a codeword.
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
        // Exponents and factors.
        for (int i = 0; i < WIDTH; i++) {
            Memory.setInt(b[6], i, random.nextInt(1, 9));
        }
        KernelRates rates = new KernelRates();
        rates.field(backend.field(), b, w);
        rates.integer(backend.integer(), b, small);
        rates.transforms(backend.fft(), backend.hash(), b);
        rates.panels(backend.panel(), b, small);
        return rates.list;
    }
}
