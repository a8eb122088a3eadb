package dev.chagres.bench.kernel;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What the families share: the backend under test, its buffers, and how JMH runs them. A JMH score is the time of one
/// kernel call on all `n` elements.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {
    "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g",
    "-XX:+AlwaysPreTouch"})
public abstract class KernelBenchmark implements AutoCloseable {
    static final QM31 CHALLENGE = new QM31(1_234_567_890, 77_777_777, 2_000_000_000, 987_654_321);

    @Param({"scalar", "vector", "native"})
    public String backend;

    private Buffers buffers;

    /// Allocates and fills the buffers. Called by JMH, or directly by whoever made the object and set its parameters.
    @Setup
    public final void open() {
        buffers = new Buffers();
        prepare(buffers, Backends.byName(backend));
    }

    @TearDown
    @Override
    public final void close() {
        buffers.close();
    }

    /// A number that depends on everything the kernels have written.
    final long checksum() {
        return buffers.checksum();
    }

    abstract void prepare(Buffers b, Backend kernels);
}
