package dev.chagres.ffm.kernel;

import dev.chagres.ffm.generated.kernels.ChagresKernels;
import dev.chagres.field.CircleDomain;
import dev.chagres.kernel.CircleTwiddles;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.FftShape;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.ScalarFftKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [FftKernels] of the library, on the tables of [CircleTwiddles]. Short rows go to [ScalarFftKernels].
final class NativeFftKernels implements FftKernels {
    private final int set;
    /// The library wants at least two vectors of coefficients.
    private static final int LEAST_LOG = 5;

    private static final int FIRST_TABLE = 2;

    /// Addresses of the tables, entry m that of table m, 0 where it was never needed.
    private static final MemorySegment TABLES =
            Arena.global().allocate(ValueLayout.JAVA_LONG, CircleDomain.MAX_LOG_SIZE + 1);

    private final ScalarFftKernels scalar = new ScalarFftKernels();

    /// @param set number of the instruction set
    NativeFftKernels(int set) {
        this.set = set;
    }

    @Override
    public void encode(long dst, long src, int logK, int logN, long rows) {
        FftShape.check(logK, logN);
        if (logK < LEAST_LOG) {
            scalar.encode(dst, src, logK, logN, rows);
            return;
        }
        ChagresKernels.chk_encode(set, dst, src, logK, logN, rows, twiddles(logN));
    }

    @Override
    public void encodeAt(long dst, long src, int logK, int logN, int[] positions) {
        FftShape.check(logK, logN);
        FftShape.checkPositions(positions, logN);
        if (logK < LEAST_LOG) {
            scalar.encodeAt(dst, src, logK, logN, positions);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            long copy = Memory.allocateBase(arena, positions.length);
            MemorySegment.copy(positions, 0, Memory.ALL, ValueLayout.JAVA_INT, copy, positions.length);
            ChagresKernels.chk_encode_at(set, dst, src, logK, logN, copy, positions.length, twiddles(logN));
        }
    }

    @Override
    public void encodeTransposed(long dst, long src, int logK, int logN) {
        FftShape.check(logK, logN);
        if (logK < LEAST_LOG) {
            scalar.encodeTransposed(dst, src, logK, logN);
            return;
        }
        ChagresKernels.chk_encode_transposed(set, dst, src, logK, logN, twiddles(logN));
    }

    /// All tables up to `logN`. Threads may write an entry twice: always the same.
    private static long twiddles(int logN) {
        for (int m = FIRST_TABLE; m <= logN; m++) {
            TABLES.setAtIndex(ValueLayout.JAVA_LONG, m, CircleTwiddles.x(m));
        }
        return TABLES.address();
    }
}
