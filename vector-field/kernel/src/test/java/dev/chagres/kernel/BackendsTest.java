package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BackendsTest {
    private static final String HOTSPOT = "OpenJDK 64-Bit Server VM";

    private static Machine machine(String vm, String info, String arch, int bits) {
        return new Machine(true, vm, info, arch, () -> bits);
    }

    private static Machine withoutModule() {
        IntSupplier unreachable = () -> {
            throw new AssertionError("the width was asked for without the module");
        };
        return new Machine(false, HOTSPOT, "mixed mode", "amd64", unreachable);
    }

    private static Supplier<Backend> choose(String request, Machine machine, BackendProvider... providers) {
        return Backends.choose(request, machine, List.of(providers));
    }

    /// Kernels of another module; the machine must not be asked when they run.
    private record Provided(Optional<String> obstacle) implements BackendProvider {
        @Override
        public String word() {
            return "native";
        }

        @Override
        public Backend backend() {
            return Backends.scalar();
        }
    }

    private static final BackendProvider RUNS = new Provided(Optional.empty());
    private static final BackendProvider DOES_NOT = new Provided(Optional.of("no library; build it"));

    @Test
    void autoTakesProvidedKernelsWhereTheyRun() {
        assertThat(choose("auto", withoutModule(), RUNS)).isNotIn(Backends.SCALAR, Backends.VECTOR);
        assertThat(choose("auto", machine(HOTSPOT, "mixed mode", "amd64", 256), DOES_NOT)).isEqualTo(Backends.VECTOR);
        assertThat(choose("vector", machine(HOTSPOT, "mixed mode", "amd64", 256), RUNS)).isEqualTo(Backends.VECTOR);
    }

    @Test
    void forcedProvidedKernelsRunOrSayWhyNot() {
        assertThat(choose("native", withoutModule(), RUNS).get()).isSameAs(RUNS.backend());
        assertThatThrownBy(() -> choose("native", withoutModule(), DOES_NOT))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no library; build it");
        assertThatThrownBy(() -> choose("native", withoutModule()))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("add chagres-ffm");
    }

    @Test
    void autoTakesVectorsWhereTheyAreFast() {
        assertThat(choose("auto", machine(HOTSPOT, "mixed mode, sharing", "amd64", 512)))
                .isEqualTo(Backends.VECTOR);
        assertThat(choose("AUTO ", machine(HOTSPOT, "mixed mode", "amd64", 256)))
                .isEqualTo(Backends.VECTOR);
        assertThat(choose("auto", machine(HOTSPOT, "mixed mode", "aarch64", 128)))
                .isEqualTo(Backends.VECTOR);
    }

    @Test
    void autoTakesScalarElsewhereAndSaysWhy() {
        assertScalar(withoutModule(), "--add-modules jdk.incubator.vector");
        assertScalar(machine(HOTSPOT, "mixed mode", "amd64", 128), "128 bits");
        assertScalar(machine("Eclipse OpenJ9 VM", "JIT enabled", "amd64", 512), "HotSpot");
        assertScalar(machine(HOTSPOT, "interpreted mode", "amd64", 512), "-Xint");
    }

    private static void assertScalar(Machine machine, String remedy) {
        assertThat(choose("auto", machine)).isEqualTo(Backends.SCALAR);
        assertThat(machine.obstacle()).hasValueSatisfying(reason -> assertThat(reason).contains(remedy));
    }

    @Test
    void forcedChoiceIsKept() {
        assertThat(choose("scalar", withoutModule())).isEqualTo(Backends.SCALAR);
        assertThat(choose("vector", machine("Eclipse OpenJ9 VM", "", "amd64", 128)))
                .isEqualTo(Backends.VECTOR);
        assertThatThrownBy(() -> choose("vector", withoutModule()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--add-modules jdk.incubator.vector");
        assertThatThrownBy(() -> choose("cuda", withoutModule()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'cuda'")
                .hasMessageContaining("auto, native, vector or scalar");
    }

    @Test
    void backendsNameThemselves() {
        assertThat(Backends.scalar().name()).isEqualTo("scalar");
        assertThat(Backends.byName("scalar")).isSameAs(Backends.scalar());
        assertThat(Backends.byName("vector").name()).matches("vector-(128|256|512)");
        assertThat(Backends.ofProperty()).isSameAs(Backends.byName(System.getProperty(Backends.PROPERTY, "auto")));
    }

    /// Prints the name of the backend of the property; run in processes of its own below.
    public static final class PrintBackend {
        public static void main(String[] args) {
            System.out.println("chosen=" + Backends.ofProperty().name());
        }
    }

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PrintBackend.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void aProcessWithoutTheModuleFallsBackOrFailsLoudly() throws IOException, InterruptedException {
        assertThat(run()).contains("chosen=scalar").contains("--add-modules jdk.incubator.vector");
        assertThat(run("-Dchagres.backend=vector"))
                .contains("java.lang.IllegalStateException")
                .contains("--add-modules jdk.incubator.vector")
                .doesNotContain("chosen=");
    }

    @Test
    void aProcessWithTheModuleHonoursTheProperties() throws IOException, InterruptedException {
        assertThat(run("--add-modules=jdk.incubator.vector", "-Dchagres.backend=vector", "-Dchagres.vector.bits=256"))
                .contains("chosen=vector-256");
        assertThat(run("-Dchagres.backend=scalar")).contains("chosen=scalar").doesNotContain("--add-modules");
    }
}
