package dev.chagres.gpt2.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `quantize` and `setup` give the same bytes whatever the machine: native kernels where they are built, vectors of less
/// than full width, scalar kernels, optimised by another compiler, and with any number of threads. Whoever has the model finds the
/// digest of its key.
class SameBytesTest {
    private static final long MINUTES = 5;

    @TempDir
    private Path folder;

    /// Options of a process, its threads, and the beginning of the name of its kernels.
    private record Setting(List<String> options, int threads, String kernels) {}

    private static final List<Setting> SETTINGS = List.of(
            new Setting(List.of("-Dchagres.native.path=" + System.getProperty("chagres.native.path")), 2, ""),
            new Setting(List.of("-XX:UseAVX=2", "-Dchagres.backend=vector"), 1, "vector"),
            new Setting(List.of("-XX:UseAVX=0", "-XX:TieredStopAtLevel=1", "-Dchagres.backend=scalar"), 3, "scalar"));

    @Test
    void everySettingGivesTheSameBytes() throws IOException, InterruptedException {
        List<Path> results = new ArrayList<>();
        for (Setting setting : SETTINGS) {
            Path result = Files.createDirectory(folder.resolve("run" + results.size()));
            assertThat(run(setting, result)).as("%s", setting).startsWith(setting.kernels());
            results.add(result);
        }
        for (String file : new String[] {"model.cgm", "model.pk", "model.vk", "llama.cgm"}) {
            for (int i = 1; i < SETTINGS.size(); i++) {
                assertThat(Files.mismatch(results.getFirst().resolve(file), results.get(i).resolve(file)))
                        .as("first byte of %s that differs with %s", file, SETTINGS.get(i)).isEqualTo(-1);
            }
        }
    }

    /// @return the name of the kernels
    private static String run(Setting setting, Path result) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx1g",
                // Elsewhere there is no AVX to be left out.
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + setting.threads()));
        command.addAll(setting.options());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SameBytes.class.getName(),
                result.toString(), Integer.toString(setting.threads())));
        Path output = result.resolve("output");
        Process process = new ProcessBuilder(command).redirectOutput(output.toFile())
                .redirectError(result.resolve("errors").toFile()).start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(setting + " took more than " + MINUTES + " minutes");
        }
        assertThat(process.exitValue()).as("%s: %s", setting, Files.readString(result.resolve("errors"))).isZero();
        return Files.readString(output);
    }
}
