package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.gpt2.cluster.CommandLines.Outcome;
import dev.chagres.gpt2.cluster.LineTask.Setting;
import dev.chagres.prove.remote.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Batches on real executors, which are processes of their own where the cluster is a `local-cluster`.
class ClusterBatchTest {
    private static final String TWO = "local-cluster[2,1,512]";
    private static final String HERE = "local[1]";

    /// Executors are ready sooner with one compiler.
    private static final List<String> QUICK = List.of("--cluster-set",
            "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1");

    @TempDir
    private static Path folder;

    @TempDir
    private Path work;

    /// The table without times.
    private static List<String> table(Outcome outcome) {
        return outcome.out().lines().map(l -> l.replaceAll(" in .*", "").replaceAll(" +\\d+\\.\\d\\d ", " ")).toList();
    }

    /// Lines of the command itself: not progress, and not of a line of the batch.
    private static List<String> errors(Outcome outcome) {
        return outcome.errors("batch");
    }

    @BeforeAll
    static void prepare() throws IOException {
        CommandLines.assumeSpark();
        CommandLines.keys(folder.resolve("a"), 1500);
    }

    private static Path pk(String name) {
        return folder.resolve(name).resolve("keys/model.pk");
    }

    @AfterEach
    void theRealCluster() {
        TestCluster.actual = new SparkCluster();
    }

    private Path prompts(String... lines) throws IOException {
        return Files.write(work.resolve("prompts"), List.of(lines));
    }

    private Outcome batch(Path prompts, Path out, Object... more) {
        List<Object> words = new ArrayList<>(List.of("batch", "--pk", pk("a"), "--prompts", prompts, "--out", out,
                "--generate", "1"));
        if (Arrays.asList(more).contains("--cluster")) {
            words.addAll(QUICK);
        }
        words.addAll(Arrays.asList(more));
        return CommandLines.run(words.toArray());
    }

    private static List<String> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /// The process of an executor that is proving: it has the temporary file of its proof open.
    private static ProcessHandle proving() throws InterruptedException {
        while (true) {
            for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
                try (var open = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
                    if (open.anyMatch(ClusterBatchTest::isPart)) {
                        return process;
                    }
                } catch (IOException | UncheckedIOException e) {
                    continue; // it has ended just now
                }
            }
            Thread.sleep(20);
        }
    }

    private static boolean isPart(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().endsWith(".part");
        } catch (IOException e) {
            return false; // closed just now
        }
    }

    @Test
    void aBatchIsThatOfOneProcessAlsoIfAnExecutorIsLost() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "SKIPPED: no /proc to find an executor at work");
        Path prompts = prompts("ROMEO:", "{\"id\": \"juliet\", \"prompt\": \"JULIET: O\", \"generate\": 2}", "no #",
                "{\"prompt\": \"a\", \"bind\": \"c0ffee\"}", "KING");
        Outcome alone = batch(prompts, work.resolve("alone"));
        CompletableFuture<ProcessHandle> killed = CompletableFuture.supplyAsync(() -> {
            try {
                ProcessHandle executor = proving();
                assertThat(executor.destroyForcibly()).isTrue();
                return executor;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Outcome cluster = batch(prompts, work.resolve("out"), "--cluster", TWO);
        assertThat(killed).as("an executor was at work: %s", cluster.err()).isCompleted();
        assertThat(cluster.code()).as(cluster.err()).isEqualTo(alone.code()).isOne();
        assertThat(table(cluster)).isEqualTo(table(alone)).hasSize(7);
        assertThat(files(work.resolve("out"))).isEqualTo(files(work.resolve("alone"))).hasSize(4);
        for (String name : files(work.resolve("alone"))) {
            assertThat(work.resolve("out").resolve(name))
                    .hasBinaryContent(Files.readAllBytes(work.resolve("alone").resolve(name)));
        }
        assertThat(cluster.err()).contains("is lost (").contains(", attempt 2");
        assertThat(cluster.err().lines().filter(l -> l.contains(":3: character '#'"))).hasSize(1);
    }

    /// An executor on a machine with other files.
    private static class OtherFiles extends LineFunction {
        private static final long serialVersionUID = 1L;

        private final String key;
        private final String out;

        /// @param key null for that of the driver
        /// @param out null for that of the driver
        OtherFiles(Path key, Path out) {
            this.key = key == null ? null : key.toString();
            this.out = out == null ? null : out.toString();
        }

        @Override
        LineResult answer(byte[] bytes) {
            try {
                LineTask task = LineTask.decode(bytes);
                Setting s = task.setting();
                Setting here = new Setting(key == null ? s.keyFile() : key, s.keySent(), s.keyDigest(),
                        out == null ? s.out() : out, s.mark(), s.threads(), s.memoryBytes(), s.spill(), s.device());
                return super.answer(new LineTask(here, task.line()).encode(Wire.build()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void aFolderThatIsNotSharedIsRefused() throws IOException {
        Path other = Files.createDirectories(work.resolve("other"));
        for (String mark : new String[] {null, "that of another batch"}) {
            if (mark != null) {
                Files.createDirectories(other.resolve(Setting.UNSEEN));
                Files.writeString(other.resolve(Setting.UNSEEN).resolve(Setting.MARK), mark);
            }
            TestCluster.actual = new SparkCluster(new OtherFiles(null, other), Wire.build(), Contexts.OWN);
            Outcome o = batch(prompts("a"), work.resolve("out"), "--cluster", HERE);
            assertThat(o.code()).as(o.err()).isEqualTo(2);
            assertThat(errors(o)).singleElement().asString().startsWith("chagres batch: executor driver on ")
                    .contains("does not see the folder " + other).contains("--return");
            assertThat(files(work.resolve("out"))).isEmpty();
        }
    }

    /// An executor whose memory or disk changes a bit, or that lies.
    static final class Lying extends LineFunction {
        private static final long serialVersionUID = 1L;

        @Override
        LineResult answer(byte[] task) {
            LineResult honest = super.answer(task);
            byte[] proof = honest.proof().clone();
            proof[proof.length / 2] ^= 1;
            return new LineResult(honest.kind(), honest.where(), honest.attempt(), honest.seconds(), proof, honest.text());
        }
    }

    @Test
    void aWrongProofIsNamedAndNotWritten() throws IOException {
        TestCluster.actual = new SparkCluster(new Lying(), Wire.build(), Contexts.OWN);
        Outcome o = batch(prompts("a"), work.resolve("out"), "--cluster", HERE, "--return");
        assertThat(o.code()).as(o.err()).isOne();
        assertThat(o.err()).contains("prompts:1: executor driver on ").contains("sent a wrong proof: ");
        assertThat(files(work.resolve("out"))).isEmpty();
    }

    @Test
    void anotherKeyIsRefused() throws IOException {
        CommandLines.keys(folder.resolve("b"), 900);
        TestCluster.actual = new SparkCluster(new OtherFiles(pk("b"), null), Wire.build(), Contexts.OWN);
        Outcome o = batch(prompts("a"), work.resolve("out"), "--cluster", HERE);
        assertThat(o.code()).as(o.err()).isEqualTo(2);
        assertThat(errors(o)).singleElement().asString().contains("sees another key as " + pk("b"));
        assertThat(files(work.resolve("out"))).isEmpty();
    }

    @Test
    void anotherBuildIsRefused() throws IOException {
        TestCluster.actual = new SparkCluster(new LineFunction(), "0.0 (commit 0123456789ab)", Contexts.OWN);
        Outcome o = batch(prompts("a"), work.resolve("out"), "--cluster", HERE);
        assertThat(o.code()).as(o.err()).isEqualTo(2);
        assertThat(errors(o)).singleElement().asString()
                .contains("runs chagres " + Wire.build() + ", the driver 0.0 (commit 0123456789ab); give");
        assertThat(files(work.resolve("out"))).isEmpty();
    }

    /// No cluster is started for lines that fit no executor.
    @Test
    void whatCannotFitIsRefusedBeforeItStarts() throws IOException {
        Outcome o = batch(prompts("a"), work.resolve("out"), "--cluster", "spark://nowhere.invalid:7077", "--threads",
                "2", "--memory", "100m");
        assertThat(o.code()).as(o.err()).isOne();
        assertThat(o.err()).contains("prompts:1: this sequence needs at least ");
    }

    @Test
    void wrongUseIsOneLine() throws IOException {
        Path prompts = prompts("a");
        Outcome cores = batch(prompts, work.resolve("out"), "--cluster", "spark://nowhere.invalid:7077");
        assertThat(cores.code()).isEqualTo(2);
        assertThat(errors(cores)).singleElement().asString().contains("--threads");
        assertThat(batch(prompts, work.resolve("out"), "--cluster", "nonsense", "--threads", "1").code()).isEqualTo(2);
        assertThat(errors(batch(prompts, work.resolve("out"), "--return"))).singleElement().asString()
                .contains("--cluster URL");
        assertThat(errors(batch(Path.of("-"), work.resolve("out"), "--cluster", HERE))).singleElement().asString()
                .contains("not standard input");
    }
}
