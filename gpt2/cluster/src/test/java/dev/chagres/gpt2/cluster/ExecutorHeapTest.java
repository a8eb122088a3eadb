package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.cli.Cluster.Place;
import dev.chagres.cli.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What executors are given for their heap is what they find there.
class ExecutorHeapTest {
    private static SparkSettings settings(String url, String name, String value) {
        return new SparkSettings(new Place(url, Map.of(name, value), OptionalInt.of(1)));
    }

    /// A plain number of the setting is in mebibytes, as it is for Spark.
    @Test
    void sizesAreReadAsSparkReadsThem() {
        assertThat(settings("spark://h:7077", "spark.executor.memory", "1024").heap()).isEqualTo(1024L << 20);
        assertThat(settings("spark://h:7077", "spark.executor.memory", "3g").heap()).isEqualTo(3L << 30);
        assertThat(settings("spark://h:7077", "spark.executor.cores", "1").heap()).isZero();
    }

    /// A virtual machine with the options of executors, asked as the engine asks.
    @ParameterizedTest
    @ValueSource(longs = {455, 648, 1688})
    void theHeapHoldsWhatItIsAskedFor(long mebibytes, @TempDir Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("Asked.java"), """
                class Asked {
                    public static void main(String[] args) {
                        System.out.print(Runtime.getRuntime().maxMemory());
                    }
                }
                """);
        long heap = ExecutorMemory.heapWith(mebibytes << 20);
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC", "-Xmx" + (heap >> 20) + "m", source.toString()).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        // The virtual machine does not count what the collector keeps free to copy to.
        assertThat(Long.parseLong(answer)).isBetween(mebibytes * 3 / 2 << 20, heap);
    }

    /// What somebody has said counts against the room of a local cluster, not what would be taken else.
    @Test
    void aSmallerHeapThanUsualFitsASmallWorker() {
        assertThatThrownBy(() -> settings("local-cluster[2,1,400]", "spark.executor.memory", "401m").ofLook())
                .isInstanceOf(CommandException.class).hasMessageContaining("say local-cluster[2,1,401]");
        assertThat(settings("local-cluster[2,1,400]", "spark.executor.memory", "300m").ofLook()
                .get("spark.executor.memory")).isEqualTo("300m");
    }
}
