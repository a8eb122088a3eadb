package dev.chagres.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.chagres.kernel.Backends;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;

/// Every benchmark runs once on each backend, with equal results: what is timed is the kernel it is named after.
class BenchmarkTwinsTest {
    /// Whole blocks only: a scalar kernel leaves the padding of its destination alone, a vector kernel need not.
    private static final int N = 48;

    private static final List<Supplier<KernelBenchmark>> FAMILIES = List.of(
            () -> BaseFieldBenchmark.of(N),
            () -> ExtensionFieldBenchmark.of(N),
            () -> SmallValueBenchmark.of(N),
            () -> SumcheckBenchmark.of(N),
            () -> FoldRoundBenchmark.of(N),
            () -> LogUpBenchmark.of(N),
            () -> CircleFftBenchmark.of(9, 2),
            () -> Blake3Benchmark.of(N),
            () -> MatrixBenchmark.of("13x100x48"),
            () -> TableBenchmark.of(N, 6),
            () -> PanelBenchmark.of(10));

    private record Outcome(Object result, long memory) {}

    @TestFactory
    Stream<DynamicTest> twinsAgree() {
        return FAMILIES.stream().flatMap(f -> benchmarks(f).map(m -> dynamicTest(
                m.getDeclaringClass().getSimpleName() + "." + m.getName(), () -> assertTwins(f, m))));
    }

    private static Stream<Method> benchmarks(Supplier<KernelBenchmark> family) {
        return Arrays.stream(family.get().getClass().getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class))
                .sorted(Comparator.comparing(Method::getName));
    }

    private static void assertTwins(Supplier<KernelBenchmark> family, Method method)
            throws ReflectiveOperationException {
        Outcome scalar = run(family.get(), "scalar", method);
        Outcome vector = run(family.get(), "vector", method);
        assertThat(vector.result()).isEqualTo(scalar.result());
        assertThat(vector.memory()).isEqualTo(scalar.memory());
        if (Backends.byName("auto").name().startsWith("native")) {
            Outcome compiled = run(family.get(), "native", method);
            assertThat(compiled.result()).isEqualTo(scalar.result());
            assertThat(compiled.memory()).isEqualTo(scalar.memory());
        }
        try (KernelBenchmark untouched = family.get()) {
            untouched.backend = "scalar";
            untouched.open();
            assertThat(scalar.result() != null || scalar.memory() != untouched.checksum())
                    .as("the kernel did something").isTrue();
        }
    }

    private static Outcome run(KernelBenchmark benchmark, String backend, Method method)
            throws ReflectiveOperationException {
        try (benchmark) {
            benchmark.backend = backend;
            benchmark.open();
            return new Outcome(method.invoke(benchmark), benchmark.checksum());
        }
    }

    @Test
    void jmhKnowsEveryFamily() throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/META-INF/BenchmarkList")) {
            String list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            FAMILIES.stream().flatMap(BenchmarkTwinsTest::benchmarks).forEach(m ->
                    assertThat(list).contains(m.getDeclaringClass().getSimpleName() + "_" + m.getName() + "_jmhTest"));
        }
    }
}
