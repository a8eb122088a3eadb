package dev.chagres.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.LauncherFlags;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildTest {
    private static final Path LAUNCHER = Path.of("../gpt2/cli/src/main/launcher");

    /// Prints the flags of its JVM.
    static final class Flags {
        public static void main(String[] words) {
            ManagementFactory.getRuntimeMXBean().getInputArguments().forEach(System.out::println);
        }
    }

    @Test
    void theFlagsAreThoseOfTheLauncher() throws IOException {
        assertThat(LauncherFlags.reading()).isEqualTo(Files.readAllLines(LAUNCHER.resolve("reader.args"))).isNotEmpty();
        assertThat(LauncherFlags.working()).isEqualTo(Files.readAllLines(LAUNCHER.resolve("jvm.args"))).isNotEmpty();
        assertThat(Path.of("../chagres")).content().contains("\nheap=" + LauncherFlags.HEAP + " ");
    }

    /// As after `CHAGRES_JVM_ARGS=-Dx=y ./chagres bench e2e`.
    @Test
    void aReaderHasItsOwnFlagsAndWhatWasGivenBesides() {
        List<String> working = new ArrayList<>(LauncherFlags.working());
        working.addAll(List.of(LauncherFlags.HEAP, "-XX:ErrorFile=e", "-Xmx4g", "-Dx=y"));
        List<String> expected = new ArrayList<>(LauncherFlags.reading());
        expected.addAll(List.of("-XX:ErrorFile=e", "-Xmx4g", "-Dx=y"));
        assertThat(Child.reading(working)).isEqualTo(expected);
    }

    @Test
    void aReadingProcessRunsWithThem() throws IOException {
        Child.Outcome reader = Child.read(Flags.class);
        assertThat(reader.code()).isZero();
        assertThat(reader.out().lines()).containsAll(LauncherFlags.reading())
                .doesNotContain("-XX:+UseParallelGC", "--add-modules=jdk.incubator.vector");
        assertThat(Child.run(List.of("-Xmx99m"), Flags.class).out().lines()).contains("-Xmx99m")
                .doesNotContain("-XX:TieredStopAtLevel=1");
    }
}
