package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import dev.chagres.kernel.Memory;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// The circle code at rate 1/2: rows of 2^(logN-1) coefficients to 2^logN values, and the transpose.
public class CircleFftBenchmark extends KernelBenchmark {
    private static final int POSITIONS = 100;

    @Param({"1", "10", "14", "15", "16", "17", "18", "19", "20"})
    public int logN;

    /// Rows of one `encode`; the transpose takes one.
    @Param({"1", "8"})
    public int rows;

    private FftKernels fft;
    private long coefficients;
    private long values;
    private long partial;
    private long image;
    private int[] positions;

    static CircleFftBenchmark of(int logN, int rows) {
        CircleFftBenchmark f = new CircleFftBenchmark();
        f.logN = logN;
        f.rows = rows;
        return f;
    }

    @Override
    void prepare(Buffers buffers, Backend kernels) {
        fft = kernels.fft();
        coefficients = buffers.base((long) rows << (logN - 1));
        values = buffers.base((long) rows << logN);
        positions = new SplittableRandom(1).ints(POSITIONS, 0, 1 << logN).sorted().distinct().toArray();
        partial = buffers.unwatched(1L << logN);
        image = buffers.empty(1L << (logN - 1));
    }

    @Benchmark
    public void encode() {
        fft.encode(values, coefficients, logN - 1, logN, rows);
    }

    /// Values of the first row at as many positions as an opening asks for; returns their sum.
    @Benchmark
    public long encodeAt() {
        fft.encodeAt(partial, coefficients, logN - 1, logN, positions);
        long sum = 0;
        for (int position : positions) {
            sum += Memory.getInt(partial, position);
        }
        return sum;
    }

    /// Of the first row of values, which it overwrites.
    @Benchmark
    public void encodeTransposed() {
        fft.encodeTransposed(image, values, logN - 1, logN);
    }
}
