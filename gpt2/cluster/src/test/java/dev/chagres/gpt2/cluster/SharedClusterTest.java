package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.cli.Cluster;
import dev.chagres.cli.ExecutorFacts;
import dev.chagres.gpt2.cluster.CommandLines.Outcome;
import dev.chagres.prove.remote.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
        TestCluster.actual = new SparkCluster(new LineFunction(), Wire.build(), SHARED);
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
            assertThat(e.get("build").asString()).isEqualTo(Wire.build());
            assertThat(e.get("threads").asInt()).isEqualTo(Runtime.getRuntime().availableProcessors());
            assertThat(e.get("memoryBytes").asLong()).isGreaterThan(e.get("memoryFreeBytes").asLong());
            assertThat(e.get("memoryFreeBytes").asLong()).isPositive();
            assertThat(e.get("nativeLibrary").asString()).isNotEmpty();
            assertThat(e.get("keyDigest").asString()).isEqualTo(ExecutorFacts.digest(pk()));
            assertThat(e.get("error").isNull()).isTrue();
        }
    }

    @Test
    void whatDoesNotFitIsALineOfTheTable() throws IOException {
        Path unshared = unshared("doctor").resolve("doctor.pk");
        Outcome o = run("doctor", "--pk", unshared);
        assertThat(o.code()).as(o.err() + o.out()).isOne();
        assertThat(o.out().lines().toList()).hasSizeBetween(6, 8).first().asString().startsWith("executor  host");
        assertThat(o.out()).containsOnlyOnce("cannot prove: does not see the proving key " + unshared)
                .contains("build: " + Wire.build()).contains(Runtime.version().toString()).doesNotContain("key: ");
        TestCluster.actual = ofBuild("0.0 (commit 0123456789ab)");
        Outcome old = run("doctor");
        assertThat(old.code()).as(old.err()).isOne();
        assertThat(old.out()).contains("cannot prove: runs chagres " + Wire.build()
                + ", the driver 0.0 (commit 0123456789ab); give all machines the same jars");
    }

    @Test
    void aBatchThatIsNotSharedIsSent() throws IOException {
        Path here = unshared("batch");
        Path prompts = Files.write(work.resolve("prompts"), List.of("a"));
        Outcome sent = run("batch", "--pk", here.resolve("batch.pk"), "--prompts", prompts, "--out",
                here.resolve("out"), "--generate", "1", "--return", "--send-key");
        assertThat(sent.code()).as(sent.err()).isZero();
        assertThat(here.resolve("out/1.proof")).isRegularFile();
        Outcome verified = CommandLines.run("verify", "--vk", folder.resolve("keys/model.vk"), here.resolve("out"));
        assertThat(verified.code()).as(verified.err()).isZero();
    }

    /// A folder with the key, as `NAME.pk`, that every process sees as another one, through `/proc/self/cwd`.
    private static Path unshared(String name) throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/cwd")), "SKIPPED: no /proc for a folder that is not shared");
        Path here = Files.createTempDirectory(Path.of("target"), "not-shared");
        Files.copy(pk(), here.resolve(name + ".pk"));
        return Path.of("/proc/self/cwd").resolve(here);
    }

    private static SparkCluster ofBuild(String build) {
        return new SparkCluster(new LineFunction(), build, SHARED);
    }

    /// Proves a prompt with all its words.
    private Outcome prove(Path key, Path out, Object... more) {
        List<Object> words = new ArrayList<>(List.of("--pk", key, "--prompt", "KING", "--generate", "3", "--out", out,
                "--bind-hex", "c0ffee", "--json"));
        words.addAll(List.of(more));
        return run("prove", words.toArray());
    }

    /// Calls of a proof before which something happens, or after which its answer is another one.
    private static final class Watched implements Cluster {
        private final Cluster cluster = ofBuild(Wire.build());
        private final Set<Integer> kill;
        private final int lie;

        /// @param kill calls, counted from 1, before which an executor is destroyed
        /// @param lie  call whose answer changes a bit, 0 for none
        Watched(Set<Integer> kill, int lie) {
            this.kill = kill;
            this.lie = lie;
        }

        @Override
        public void prove(Request request, Results results) throws IOException {
            cluster.prove(request, results);
        }

        @Override
        public List<ExecutorFacts> look(Place place, Path key) throws IOException {
            return cluster.look(place, key);
        }

        @Override
        public Machines machines(ProofRequest request, Consumer<String> notes) {
            Machines machines = cluster.machines(request, notes);
            AtomicInteger calls = new AtomicInteger();
            return new Machines() {
                @Override
                public int count() {
                    return machines.count();
                }

                @Override
                public void share(int id, byte[] data) throws IOException {
                    machines.share(id, data);
                }

                @Override
                public byte[] call(int site, byte[] job) throws IOException {
                    int call = calls.incrementAndGet();
                    if (kill.contains(call)) {
                        destroyExecutor();
                    }
                    byte[] answer = machines.call(site, job);
                    if (call == lie) {
                        answer[answer.length - 1] ^= 1;
                    }
                    return answer;
                }

                @Override
                public void close() {
                    machines.close();
                }
            };
        }

        private static void destroyExecutor() throws IOException {
            for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
                Path words = Path.of("/proc/" + process.pid() + "/cmdline");
                if (Files.exists(words) && Files.readString(words).contains("--executor-id")) {
                    assertThat(process.destroyForcibly()).isTrue();
                    process.onExit().join();
                    return;
                }
            }
            throw new AssertionError("no executor is left");
        }
    }

    /// The same bytes as alone, also where executors are lost when some sections are proved, and between passes.
    @Test
    void oneProofIsThatOfOneProcess() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "SKIPPED: no /proc to find executors");
        Outcome alone = CommandLines.run("prove", "--pk", pk(), "--prompt", "KING", "--generate", "3", "--out",
                work.resolve("alone.proof"), "--bind-hex", "c0ffee", "--json");
        assertThat(alone.code()).as(alone.err()).isZero();
        byte[] bytes = Files.readAllBytes(work.resolve("alone.proof"));

        Outcome sent = prove(unshared("prove").resolve("prove.pk"), work.resolve("sent.proof"), "--send-key");
        assertThat(sent.code()).as(sent.err()).isZero();
        assertThat(work.resolve("sent.proof")).hasBinaryContent(bytes);
        JsonNode facts = new ObjectMapper().readTree(sent.out());
        assertThat(facts.get("executors").asInt()).isEqualTo(2);
        JsonNode traffic = facts.get("traffic");
        assertThat(traffic.valueStream().mapToLong(t -> t.get("downBytes").asLong()).sum())
                .isEqualTo(facts.get("downBytes").asLong()).isPositive();
        assertThat(traffic.valueStream().mapToLong(t -> t.get("upBytes").asLong()).sum())
                .isEqualTo(facts.get("upBytes").asLong()).isGreaterThan(10_000);

        int all = traffic.valueStream().filter(SharedClusterTest::isCall).mapToInt(t -> t.get("calls").asInt()).sum();
        TestCluster.actual = new Watched(Set.of(), all);
        Outcome wrong = prove(pk(), work.resolve("wrong.proof"));
        assertThat(wrong.code()).as(wrong.err()).isOne();
        assertThat(wrong.errors("prove")).singleElement().asString().contains("what executors sent makes no proof: ");
        assertThat(work.resolve("wrong.proof")).doesNotExist();

        int section = firstCall(traffic, "section");
        int passes = firstCall(traffic, "fold");
        TestCluster.actual = new Watched(Set.of(section + 1, passes + 1), 0);
        Outcome lost = prove(pk(), work.resolve("lost.proof"));
        assertThat(lost.code()).as(lost.err()).isZero();
        assertThat(work.resolve("lost.proof")).hasBinaryContent(bytes);
        assertThat(lost.err().lines().filter(l -> l.contains("is lost ("))).as(lost.err())
                .hasSizeGreaterThanOrEqualTo(2);
    }

    private static boolean isCall(JsonNode kind) {
        return !kind.get("name").asString().equals("shared");
    }

    /// Number of the first call of a kind, from 1; kinds are in the order in which they began.
    private static int firstCall(JsonNode traffic, String name) {
        int before = 0;
        for (JsonNode kind : traffic) {
            if (kind.get("name").asString().equals(name)) {
                return before + 1;
            }
            before += isCall(kind) ? kind.get("calls").asInt() : 0;
        }
        throw new AssertionError("no " + name + " in " + traffic);
    }

    @Test
    void whatCannotProveIsOneLine() throws IOException {
        Outcome key = prove(unshared("key").resolve("key.pk"), work.resolve("p"));
        assertThat(key.code()).as(key.err()).isEqualTo(2);
        assertThat(key.errors("prove")).singleElement().asString().contains("executor ").contains("--send-key");
        TestCluster.actual = ofBuild("0.0 (commit 0123456789ab)");
        Outcome build = prove(pk(), work.resolve("p"));
        assertThat(build.code()).as(build.err()).isEqualTo(2);
        assertThat(build.errors("prove")).singleElement().asString().contains("the driver 0.0 (commit 0123456789ab)");
        theSharedCluster();
        Outcome memory = prove(pk(), work.resolve("p"), "--memory", "100m");
        assertThat(memory.code()).as(memory.err()).isEqualTo(2);
        assertThat(memory.errors("prove")).singleElement().asString().contains("executor ").contains("--memory");
        assertThat(prove(pk(), work.resolve("p"), "--device", "auto").errors("prove")).singleElement().asString()
                .contains("--device");
        assertThat(work.resolve("p")).doesNotExist();
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
