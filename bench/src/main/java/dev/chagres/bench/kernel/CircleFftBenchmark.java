package dev.chagres.bench.kernel;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.FftKernels;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// The circle code at rate 1/2: rows of 2^(logN-1) coefficients to 2^logN values, and the transpose.
public class CircleFftBenchmark extends KernelBenchmark {
    @Param({"1", "10", "14", "15", "16", "17", "18", "19", "20"})
    public int logN;

    /// Rows of one `encode`; the transpose takes one.
    @Param({"1", "8"})
    public int rows;

    private FftKernels fft;
    private long coefficients;
    private long values;
    private long image;

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
        image = buffers.empty(1L << (logN - 1));
    }

    @Benchmark
    public void encode() {
        fft.encode(values, coefficients, logN - 1, logN, rows);
    }

    /// Of the first row of values, which it overwrites.
    @Benchmark
    public void encodeTransposed() {
        fft.encodeTransposed(image, values, logN - 1, logN);
    }
}
