package dev.chagres.bench.kernel;

import dev.chagres.bench.measure.Sampler;
import dev.chagres.bench.measure.Timing;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// One kernel at one size, as `chagres bench kernels` times it.
///
/// @param kernel name of the kernel, that of the recorded C limit
/// @param size in the words of the recorded C limit
/// @param work elements, multiply-adds or bytes of one call
/// @param goal what the kernel should reach, see docs/benchmarks.md
/// @param benchmark makes the buffers; not opened. Cases with the same supplier can use the same buffers.
/// @param call one kernel call; its result is kept so that no work can be optimised away
record KernelCase(String kernel, String size, double work, Unit unit, Goal goal,
        Supplier<? extends KernelBenchmark> benchmark, Function<KernelBenchmark, Object> call) {
    private static volatile Object sink;

    /// A kernel that writes to memory.
    @SuppressWarnings("unchecked") // the benchmark is the supplier's
    static <B extends KernelBenchmark> KernelCase of(String kernel, String size, double work, Unit unit, Goal goal,
            Supplier<B> benchmark, Consumer<B> call) {
        return new KernelCase(kernel, size, work, unit, goal, benchmark, b -> {
            call.accept((B) b);
            return null;
        });
    }

    /// A kernel that returns a value.
    @SuppressWarnings("unchecked")
    static <B extends KernelBenchmark> KernelCase returning(String kernel, String size, double work,
            Unit unit, Goal goal, Supplier<B> benchmark, Function<B, Object> call) {
        return new KernelCase(kernel, size, work, unit, goal, benchmark, b -> call.apply((B) b));
    }

    /// Times the call on an opened benchmark.
    ///
    /// @param again whether the same kernel has been timed before
    Timing time(KernelBenchmark opened, Sampler sampler, boolean again) {
        return sampler.time(() -> sink = call.apply(opened), again);
    }
}
