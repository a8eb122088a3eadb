package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FieldKernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The compiler directives that the launcher gives to commands that do one thing. With a file that is no JSON the
/// virtual machine does not start; a pattern that names no class is nothing to it.
class KernelDirectivesTest {
    private static final Path FILE = Path.of("src", "main", "launcher", "kernels.directives");
    private static final int ELEMENTS = 1 << 12;
    private static final int CALLS = 20_000;

    @TempDir
    private Path folder;

    /// Calls a kernel and a method of another package until both would be compiled by C2.
    static final class Hot {
        private Hot() {}

        public static void main(String[] words) {
            FieldKernels kernels = Backends.byName(words[0]).field();
            int sum = 0;
            try (Arena arena = Arena.ofConfined()) {
                long data = arena.allocate(4L * ELEMENTS, 64).address();
                for (int i = 0; i < CALLS; i++) {
                    kernels.addBase(data, data, data, ELEMENTS);
                    sum += other(i);
                }
            }
            System.out.println("sum " + sum);
        }

        private static int other(int n) {
            int sum = 0;
            for (int i = 0; i < 1000; i++) {
                sum += (n ^ i) * i;
            }
            return sum;
        }
    }

    private List<String> compiled(String kernels) throws IOException, InterruptedException {
        Path directives = Files.copy(FILE, Files.createDirectory(folder.resolve("a folder")).resolve("with space"));
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(LauncherFlags.working());
        line.addAll(List.of("-Xmx64m", "-XX:+UnlockDiagnosticVMOptions", "-XX:CompilerDirectivesFile=" + directives,
                "-XX:+PrintCompilation", "-XX:-DisplayVMOutputToStderr", "-cp", System.getProperty("java.class.path"),
                Hot.class.getName(), kernels));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        List<String> out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).as("%s", out).isZero();
        assertThat(out).as("the file is understood").contains("2 compiler directives added");
        return out;
    }

    private static boolean isCompiled(List<String> out, String method, int level) {
        Pattern line = Pattern.compile("\\s*\\d+\\s+\\d+.{7}" + level + "\\s+" + method + ".*");
        return out.stream().anyMatch(l -> line.matcher(l).matches());
    }

    @Test
    void kernelsReachC2AndNothingElseDoes() throws IOException, InterruptedException {
        List<String> vector = compiled("vector");
        assertThat(isCompiled(vector, "dev\\.chagres\\.kernel\\.simd\\..*", 4)).as("%s", vector).isTrue();
        String other = Pattern.quote(Hot.class.getName()) + "::other";
        assertThat(isCompiled(vector, other, 4)).as("%s", vector).isFalse();
        assertThat(isCompiled(vector, other, 1)).as("%s", vector).isTrue();
    }

    @Test
    void scalarKernelsDoAsWell() throws IOException, InterruptedException {
        assertThat(isCompiled(compiled("scalar"), "dev\\.chagres\\.kernel\\.ScalarFieldKernels::.*", 4)).isTrue();
    }

    /// A class that is renamed would quietly stay with C1.
    @Test
    void everyPatternNamesAClass() throws IOException {
        List<String> patterns = Pattern.compile("\"([^\"]*)\\.\\*\"").matcher(Files.readString(FILE)).results()
                .map(r -> r.group(1)).filter(p -> !p.equals("*")).toList();
        assertThat(patterns).hasSizeGreaterThan(10);
        for (String pattern : patterns) {
            String name = pattern.replaceFirst("\\*$", "");
            String resource = name.endsWith("/") ? name : name + ".class";
            assertThat(getClass().getClassLoader().getResource(resource)).as(pattern).isNotNull();
        }
    }
}
