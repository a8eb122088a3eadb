package dev.chagres.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class BenchCommandsTest {
    @TempDir
    private static Path folder;

    private record Outcome(int code, String out, String err) {}

    private static Outcome run(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new BenchMain(), new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void kernelsAreTimed() throws IOException {
        Path json = folder.resolve("kernels.json");
        Outcome o = run("kernels", "--quick", "--filter", "^addBase 2\\^14", "--json", json);
        assertThat(o.code).as(o.err).isZero();
        assertThat(o.out).contains("addBase").contains("jdk");
        JsonNode figures = new ObjectMapper().readTree(Files.readString(json));
        assertThat(figures.get("environment").get("jdk").asString()).contains(Runtime.version().toString());
        assertThat(figures.get("kernels")).hasSize(1);
        assertThat(figures.get("kernels").get(0).get("rate").asDouble()).isPositive();
    }

    /// One length with a process for each step, then the same proof in this process.
    @Test
    void aTinyModelIsMeasured() throws IOException {
        Path json = folder.resolve("e2e.json");
        Outcome fresh = run("e2e", "--shape", "tiny", "--tokens", "16", "--threads", "2", "--work", folder,
                "--json", json);
        assertThat(fresh.code).as(fresh.err).isZero();
        assertThat(fresh.out).containsSubsequence("tokens", "prove", "verify cold", "16", "accepted",
                "model    tiny, seed 1");
        JsonNode figures = new ObjectMapper().readTree(Files.readString(json));
        assertThat(figures.get("environment").get("threads").asInt()).isEqualTo(2);
        assertThat(figures.get("runs")).hasSize(1);
        JsonNode run = figures.get("runs").get(0);
        assertThat(run.get("tokens").asInt()).isEqualTo(16);
        for (String name : new String[] {"setupSeconds", "inferenceSeconds", "proveSeconds", "verifySeconds",
            "verifyColdSeconds", "proofBytes", "peakRssBytes"}) {
            assertThat(run.get(name).asDouble()).as(name).isPositive();
        }
        assertThat(run.get("proveSeconds").asDouble()).isGreaterThan(run.get("inferenceSeconds").asDouble());
        assertThat(run.get("verifyColdSeconds").asDouble()).isGreaterThan(run.get("verifySeconds").asDouble());
        JsonNode phases = run.get("phases");
        assertThat(phases.propertyNames()).contains("generate", "commit", "open");
        double sum = phases.valueStream().mapToDouble(JsonNode::asDouble).sum();
        assertThat(sum).isBetween(0.8 * run.get("proveSeconds").asDouble(), 1.01 * run.get("proveSeconds").asDouble());
        Path model = folder.resolve("tiny-1/model.cgm");
        Object made = Files.getLastModifiedTime(model);
        Outcome warm = run("e2e", "--shape", "tiny", "--tokens", "16", "--threads", "2", "--work", folder, "--json",
                json, "--warm", "--memory", "16g", "--kernels", "scalar,vector");
        assertThat(warm.code).as(warm.err).isZero();
        assertThat(Files.getLastModifiedTime(model)).isEqualTo(made);
        JsonNode again = new ObjectMapper().readTree(Files.readString(json));
        assertThat(again.get("sameBytes").asBoolean()).isTrue();
        assertThat(again.get("runs")).hasSize(2);
        assertThat(again.get("runs").get(0).get("kernels").asString()).isEqualTo("scalar");
        assertThat(again.get("runs").get(1).get("digest")).isEqualTo(run.get("digest"));
    }

    /// On a cluster that is this process.
    @Test
    void aBatchOnAClusterIsMeasured() throws IOException {
        Path json = folder.resolve("cluster.json");
        Outcome o = run("cluster", "--shape", "1x2x32x64", "--executors", "2", "--lines", "2", "--tokens", "8",
                "--proofs", "2", "--work", folder, "--json", json, "--cores", "1");
        assertThat(o.code).as(o.err).isZero();
        assertThat(o.out).containsSubsequence("executors", "speed-up", "down a line", "1.00 x", "key  ", "model.pk",
                "2 lines of 8 tokens, 4 generated; 1 cores an executor");
        JsonNode figures = new ObjectMapper().readTree(Files.readString(json));
        assertThat(figures.get("sameBytes").asBoolean()).isTrue();
        assertThat(figures.get("batches")).hasSize(1);
        for (JsonNode batch : figures.get("batches")) {
            assertThat(batch.get("lines").asInt()).isEqualTo(2);
            assertThat(batch.get("upBytes").asLong()).isGreaterThan(2 * 10_000);
            assertThat(batch.get("batchSeconds").asDouble()).isPositive();
        }
        assertThat(figures.get("proofs")).hasSize(2);
        assertThat(figures.get("proofs").get(0).get("traffic")).isEmpty();
        JsonNode proof = figures.get("proofs").get(1);
        assertThat(proof.get("traffic").valueStream().map(k -> k.get("name").asString())).contains("shared", "section");
        assertThat(proof.get("upBytes").asLong()).isGreaterThan(10_000);
        assertThat(proof.get("warmSeconds").asDouble()).isPositive();
    }

    static Stream<Arguments> wrongUses() {
        return Stream.of(
                Arguments.of("--lines", new Object[] {"cluster", "--lines", "0"}),
                Arguments.of("--executors", new Object[] {"cluster", "--executors", "1,0"}),
                Arguments.of("--proofs", new Object[] {"cluster", "--proofs", "1"}),
                Arguments.of("no/such.pk", new Object[] {"cluster", "--pk", "no/such.pk"}),
                Arguments.of("unknown command 'nothing'", new Object[] {"nothing"}),
                Arguments.of("--filter", new Object[] {"kernels", "--filter", "["}),
                Arguments.of("mulExt", new Object[] {"kernels", "--filter", "none of them"}),
                Arguments.of("no/such", new Object[] {"kernels", "--json", folder.resolve("no/such/file")}),
                Arguments.of("--tokens", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16,129",
                    "--work", folder}),
                Arguments.of("--tokens", new Object[] {"e2e", "--shape", "tiny", "--tokens", "0", "--work", folder}),
                Arguments.of("sixteen", new Object[] {"e2e", "--shape", "tiny", "--tokens", "sixteen",
                    "--work", folder}),
                Arguments.of("--generate", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16",
                    "--generate", "17"}),
                Arguments.of("--repeat", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16", "--repeat", "0"}),
                Arguments.of("--kernels", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16",
                    "--kernels", "scalar,fast"}),
                Arguments.of("--threads", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16", "--threads", "0"}),
                Arguments.of("--memory", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16", "--memory", "much"}),
                Arguments.of("--heap", new Object[] {"e2e", "--shape", "tiny", "--tokens", "16", "--heap", "0"}),
                Arguments.of("--warm", new Object[] {"e2e", "--shape", "tiny", "--fresh", "--warm"}),
                Arguments.of("huge", new Object[] {"e2e", "--shape", "huge"}));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void wrongUseIsOneLineAndExitsWithTwo(String named, Object[] words) {
        Outcome o = run(words);
        assertThat(o.code).isEqualTo(2);
        assertThat(o.err.lines()).hasSize(1);
        assertThat(o.err).startsWith("chagres bench").contains(named);
        assertThat(o.out).isEmpty();
    }
}
