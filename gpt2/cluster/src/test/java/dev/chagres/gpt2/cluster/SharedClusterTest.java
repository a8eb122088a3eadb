package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.CommandLines.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Commands on the same two executors, which are processes of their own.
class SharedClusterTest {
    private static final String TWO = "local-cluster[2,1,512]";

    @TempDir
    private static Path folder;

    private static final SharedContext SHARED = new SharedContext();

    @TempDir
    private Path work;

    @BeforeAll
    static void prepare() throws IOException {
        CommandLines.assumeSpark();
        CommandLines.keys(folder, 1500);
    }

    @AfterAll
    static void end() {
        SHARED.close();
        TestCluster.actual = new SparkCluster();
    }

    @BeforeEach
    void theSharedCluster() {
        TestCluster.actual = new SparkCluster(new LineFunction(), TaskFormat.build(), SHARED);
    }

    private static Path pk() {
        return folder.resolve("keys/model.pk");
    }

    private static Outcome run(String command, Object... more) {
        List<Object> words = new ArrayList<>(List.of(command, "--cluster", TWO, "--cluster-set",
                "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1"));
        words.addAll(List.of(more));
        return CommandLines.run(words.toArray());
    }

    @Test
    void everyExecutorSaysWhatItHas() throws IOException {
        Outcome o = run("doctor", "--pk", pk(), "--json");
        assertThat(o.code()).as(o.err() + o.out()).isZero();
        JsonNode all = new ObjectMapper().readTree(o.out());
        assertThat(all.get("command").asString()).isEqualTo("doctor");
        assertThat(all.get("cluster").asString()).isEqualTo(TWO);
        JsonNode executors = all.get("executors");
        assertThat(executors).hasSize(2);
        assertThat(executors.valueStream().map(e -> e.get("executor").asString()).distinct()).hasSize(2);
        for (JsonNode e : executors) {
            assertThat(e.get("jdkVersion").asString()).isEqualTo(Runtime.version().toString());
            assertThat(e.get("kernels").asString()).isEqualTo("scalar");
            assertThat(e.get("build").asString()).isEqualTo(TaskFormat.build());
            assertThat(e.get("threads").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
            assertThat(e.get("memoryBytes").asLong()).isGreaterThan(e.get("memoryFreeBytes").asLong());
            assertThat(e.get("memoryFreeBytes").asLong()).isPositive();
            assertThat(e.get("nativeLibrary").asString()).isNotEmpty();
            assertThat(e.get("keyDigest").asString()).isEqualTo(ExecutorFacts.digest(pk()));
            assertThat(e.get("error").isNull()).isTrue();
        }
    }

    /// Through `/proc/self/cwd` every process sees another folder.
    @Test
    void whatDoesNotFitIsALineOfTheTable() throws IOException {
        Path here = Files.createTempDirectory(Path.of("target"), "not-shared");
        Files.copy(pk(), here.resolve("model.pk"));
        Path unshared = Path.of("/proc/self/cwd").resolve(here).resolve("model.pk");
        Outcome o = run("doctor", "--pk", unshared);
        assertThat(o.code()).as(o.err() + o.out()).isOne();
        assertThat(o.out().lines().toList()).hasSizeBetween(6, 8).first().asString().startsWith("executor  host");
        assertThat(o.out()).containsOnlyOnce("cannot prove: does not see the proving key " + unshared)
                .contains("build: " + TaskFormat.build()).contains(Runtime.version().toString()).doesNotContain("key: ");
        TestCluster.actual = new SparkCluster(new LineFunction(), "0.0 (commit 0123456789ab)", SHARED);
        Outcome old = run("doctor");
        assertThat(old.code()).as(old.err()).isOne();
        assertThat(old.out()).contains("cannot prove: runs chagres " + TaskFormat.build()
                + ", the driver 0.0 (commit 0123456789ab); give all machines the same jars");
    }

    @Test
    void wrongUseIsOneLine() {
        Outcome cores = CommandLines.run("doctor", "--cluster", "spark://nowhere.invalid:7077");
        assertThat(cores.code()).isEqualTo(2);
        assertThat(cores.errors("doctor")).singleElement().asString().contains("--threads");
        Outcome alone = CommandLines.run("doctor", "--pk", pk());
        assertThat(alone.code()).isEqualTo(2);
        assertThat(alone.errors("doctor")).singleElement().asString().contains("--cluster URL");
        assertThat(run("doctor", "--pk", work.resolve("none")).errors("doctor")).singleElement().asString()
                .contains(work.resolve("none").toString());
    }
}
