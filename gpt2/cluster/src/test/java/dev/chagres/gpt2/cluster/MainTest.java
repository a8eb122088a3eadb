package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void aSubmittedBatchTakesItsMaster() {
        String[] words = {"batch", "--pk", "x"};
        assertThat(Main.withMaster(words, "yarn")).containsExactly("batch", "--cluster", "yarn", "--pk", "x");
        assertThat(Main.withMaster(words, null)).isSameAs(words);
        assertThat(Main.withMaster(new String[] {"doctor"}, "yarn")).containsExactly("doctor", "--cluster", "yarn");
        String[] named = {"batch", "--cluster=local[1]"};
        assertThat(Main.withMaster(named, "yarn")).isSameAs(named);
        String[] other = {"verify", "x"};
        assertThat(Main.withMaster(other, "yarn")).isSameAs(other);
        assertThat(Main.withMaster(new String[0], "yarn")).isEmpty();
    }

    @Test
    void executorsGetOurJarsAndNotSparks() throws IOException {
        Path jars = Files.createDirectories(folder.resolve("spark/jars"));
        Files.writeString(folder.resolve("spark/RELEASE"), "");
        String path = String.join(File.pathSeparator, jars.resolve("spark-core.jar").toString(), "/lib/chagres-cli.jar",
                "/lib/classes");
        assertThat(SparkSettings.jars(path)).isEqualTo(List.of("/lib/chagres-cli.jar"));
    }

    /// The options that Spark gives to its own processes, as the launcher has them.
    @Test
    void theDriverHasTheOptionsOfSpark() throws IOException {
        List<String> ours = Files.readAllLines(Path.of("src/main/launcher/cluster.args"));
        assertThat(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray())
                .filteredOn(o -> o.startsWith("--add-opens") || o.startsWith("--sun")).isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(ours);
    }
}
