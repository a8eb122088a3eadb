package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the kernel generator as the build does.
class GeneratedLoopsTest {
    private static final Path GENERATOR = Path.of("src/main/kernel-generator/dev/chagres/generator/KernelGenerator.java");
    private static final Path BUILT = Path.of("target/generated-sources/kernels");
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @Test
    void theBuildCompilesWhatTheGeneratorWrites(@TempDir Path folder) throws Exception {
        generate(folder);
        assertThat(contents(folder)).isNotEmpty().isEqualTo(contents(BUILT));
    }

    @Test
    void onlyChangedFilesAreWritten(@TempDir Path folder) throws Exception {
        generate(folder);
        Map<String, String> first = contents(folder);
        Path edited = folder.resolve(first.keySet().iterator().next());
        for (String file : first.keySet()) {
            Files.setLastModifiedTime(folder.resolve(file), LONG_AGO);
        }
        Files.writeString(edited, "// edited");
        generate(folder);
        assertThat(contents(folder)).isEqualTo(first);
        for (String file : first.keySet()) {
            Path path = folder.resolve(file);
            assertThat(Files.getLastModifiedTime(path).equals(LONG_AGO)).as(file).isEqualTo(!path.equals(edited));
        }
    }

    private static void generate(Path folder) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                GENERATOR.toString(), folder.toString()).inheritIO().start();
        assertThat(java.waitFor()).as("exit status of the generator").isZero();
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> result = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                result.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return result;
    }
}
