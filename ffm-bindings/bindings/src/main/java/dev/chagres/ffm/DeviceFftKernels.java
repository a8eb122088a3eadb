package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.kernel.FftShape;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// [dev.chagres.kernel.FftKernels] on the buffers of a device. Twiddles are memory of the caller's, made once with
/// [#twiddles(DeviceBuffer, int)]. Calls return at once.
public final class DeviceFftKernels {
    private final Operands operands;

    DeviceFftKernels(Operands operands) {
        this.operands = operands;
    }

    /// Bytes of the twiddles for all sizes up to 2^logN.
    ///
    /// @param logN in [1, 30]
    public static long twiddleBytes(int logN) {
        return Memory.baseBytes(1L << checked(logN) - 1);
    }

    private static int checked(int logN) {
        if (logN < 1 || logN > ChagresCuda.CHG_MAX_LOG_SIZE()) {
            throw new IllegalArgumentException("log2 of a circle domain size must be in [1, 30]: " + logN);
        }
        return logN;
    }

    /// Makes the twiddles of all sizes up to 2^logN, which the transforms are given.
    ///
    /// @param dst of [#twiddleBytes(int)]
    public void twiddles(DeviceBuffer dst, int logN) {
        operands.launched(ChagresCuda.chg_twiddles(operands.stream(), operands.bytes(dst, twiddleBytes(logN)), logN));
    }

    /// Encodes `rows` rows of 2^logK coefficients as rows of 2^logN values.
    public void encode(DeviceBuffer dst, DeviceBuffer src, int logK, int logN, long rows, DeviceBuffer twiddles) {
        FftShape.check(logK, logN);
        operands.launched(ChagresCuda.chg_encode(operands.stream(), operands.rowsOf(dst, rows, logN),
                operands.rowsOf(src, rows, logK), logK, logN, rows, operands.bytes(twiddles, twiddleBytes(logN))));
    }

    /// Encodes one row, of which the values at `positions` are wanted; what `dst` holds elsewhere is undefined.
    ///
    /// @param positions ascending
    public void encodeAt(DeviceBuffer dst, DeviceBuffer src, int logK, int logN, int[] positions,
            DeviceBuffer twiddles) {
        FftShape.check(logK, logN);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment wanted = arena.allocateFrom(ValueLayout.JAVA_INT, positions);
            operands.launched(ChagresCuda.chg_encode_at(operands.stream(), operands.rowsOf(dst, 1, logN),
                    operands.rowsOf(src, 1, logK), logK, logN, wanted, positions.length,
                    operands.bytes(twiddles, twiddleBytes(logN))));
        }
    }

    /// The transpose of [#encode], for one row; `src` is overwritten.
    public void encodeTransposed(DeviceBuffer dst, DeviceBuffer src, int logK, int logN, DeviceBuffer twiddles) {
        FftShape.check(logK, logN);
        operands.launched(ChagresCuda.chg_encode_transposed(operands.stream(), operands.rowsOf(dst, 1, logK),
                operands.rowsOf(src, 1, logN), logK, logN, operands.bytes(twiddles, twiddleBytes(logN))));
    }
}
