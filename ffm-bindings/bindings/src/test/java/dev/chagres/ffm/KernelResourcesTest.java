package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What ptxas reported of every CUDA kernel when it was built: all that it works with are registers, and few enough
/// that a multiprocessor holds two blocks of 256 threads.
class KernelResourcesTest {
    private static final int MOST_REGISTERS = 128;
    private static final Path KERNELS = Path.of("../../native/src/kernels/launched.h");
    private static final Pattern REPORT = Pattern.compile("Compiling entry function '(\\S+)' for '(sm_\\d+)'\\R"
            + "(?:ptxas info.*\\R)*\\s*(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads\\R"
            + "ptxas info\\s*: Used (\\d+) registers");

    private static List<MatchResult> reports() throws IOException {
        try (Stream<Path> files = Files.walk(NativeBuildFacts.target().resolve("cmake/CMakeFiles"))) {
            return files.filter(file -> file.toString().endsWith(".ptxas")).sorted()
                    .flatMap(file -> REPORT.matcher(read(file)).results()).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    @Test
    void noKernelNeedsMemoryOfItsOwnOrTooManyRegisters() throws IOException {
        NativeBuildFacts.needCuda();
        for (MatchResult report : reports()) {
            String kernel = report.group(1) + " for " + report.group(2);
            assertThat(List.of(report.group(3), report.group(4), report.group(5)))
                    .as("bytes of stack, spill stores and spill loads of %s", kernel).containsOnly("0");
            assertThat(Integer.parseInt(report.group(6))).as("registers of %s", kernel)
                    .isLessThanOrEqualTo(MOST_REGISTERS);
        }
    }

    /// The kernels of the list, and the one that fills words, for each target.
    @Test
    void everyKernelIsReported() throws IOException {
        NativeBuildFacts.needCuda();
        long kernels = 1 + Pattern.compile("^ {2}K\\(", Pattern.MULTILINE).matcher(Files.readString(KERNELS))
                .results().count();
        Map<String, Long> counts = reports().stream()
                .collect(Collectors.groupingBy(report -> report.group(2), Collectors.counting()));
        assertThat(kernels).isGreaterThan(70);
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(
                Map.of("sm_80", kernels, "sm_90", kernels, "sm_100", kernels));
    }
}
