package dev.chagres.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedTest {
    @TempDir
    private Path folder;

    @Test
    void listsOfProcessorsAreRead() {
        assertThat(Pinned.parse("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    }

    /// Executor 3 of two has the cores of executor 1; the virtual machine sees as many as it was given.
    @Test
    void anExecutorHasItsCores() throws IOException, InterruptedException {
        List<Integer> processors = Pinned.processors();
        assumeTrue(Pinned.possible() && processors.size() >= 2, "SKIPPED: no taskset here, or one core");
        Path home = Pinned.javaHome(folder.resolve("home"), 2, 1, processors);
        Process java = new ProcessBuilder(home.resolve("bin/java").toString(), "-Xlog:os+cpu", "-version",
                "--executor-id", "3").redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes());
        assertThat(java.waitFor()).as(said).isZero();
        assertThat(said).contains("(initial active 1)");
    }
}
