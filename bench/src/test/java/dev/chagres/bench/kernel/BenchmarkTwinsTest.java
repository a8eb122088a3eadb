package dev.chagres.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
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

    private static final Map<Class<?>, Supplier<KernelBenchmark>> FAMILIES = Map.of(
            BaseFieldBenchmark.class, () -> BaseFieldBenchmark.of(N),
            ExtensionFieldBenchmark.class, () -> ExtensionFieldBenchmark.of(N),
            SmallValueBenchmark.class, () -> SmallValueBenchmark.of(N),
            SumcheckBenchmark.class, () -> SumcheckBenchmark.of(N),
            FoldRoundBenchmark.class, () -> FoldRoundBenchmark.of(N),
            LogUpBenchmark.class, () -> LogUpBenchmark.of(N),
            CircleFftBenchmark.class, () -> CircleFftBenchmark.of(9, 2),
            Blake3Benchmark.class, () -> Blake3Benchmark.of(N),
            MatrixBenchmark.class, () -> MatrixBenchmark.of("13x100x48"),
            TableBenchmark.class, () -> TableBenchmark.of(N, 6));

    private record Outcome(Object result, long memory) {}

    @TestFactory
    Stream<DynamicTest> twinsAgree() {
        return FAMILIES.entrySet().stream()
                .sorted(Comparator.comparing(e -> e.getKey().getSimpleName()))
                .flatMap(e -> benchmarks(e.getKey()).map(m -> dynamicTest(
                        e.getKey().getSimpleName() + "." + m.getName(), () -> assertTwins(e.getValue(), m))));
    }

    private static Stream<Method> benchmarks(Class<?> family) {
        return Arrays.stream(family.getMethods()).filter(m -> m.isAnnotationPresent(Benchmark.class))
                .sorted(Comparator.comparing(Method::getName));
    }

    private static void assertTwins(Supplier<KernelBenchmark> family, Method method) throws ReflectiveOperationException {
        Outcome scalar = run(family.get(), "scalar", method);
        Outcome vector = run(family.get(), "vector", method);
        assertThat(vector.result()).isEqualTo(scalar.result());
        assertThat(vector.memory()).isEqualTo(scalar.memory());
        try (KernelBenchmark untouched = family.get()) {
            untouched.backend = "scalar";
            untouched.open();
            assertThat(scalar.result() != null || scalar.memory() != untouched.checksum()).as("the kernel did something").isTrue();
        }
    }

    private static Outcome run(KernelBenchmark benchmark, String backend, Method method) throws ReflectiveOperationException {
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
            for (Class<?> family : FAMILIES.keySet()) {
                for (Method m : benchmarks(family).toList()) {
                    assertThat(list).contains(family.getSimpleName() + "_" + m.getName() + "_jmhTest");
                }
            }
        }
    }
}
