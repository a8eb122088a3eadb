package dev.chagres.bench.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher script in a copy of the repository's skeleton, with a Java and a Maven that print what they are asked.
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "chagres");
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path root;

    @BeforeEach
    void skeleton() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")), "the launcher is a shell script");
        Files.copy(SCRIPT, root.resolve("chagres"));
        Files.writeString(root.resolve("pom.xml"), "");
        for (String module : List.of("vector-field", "prover", "gpt2", "bench")) {
            Files.createDirectories(root.resolve(module).resolve("src/main"));
            Files.createDirectories(root.resolve(module).resolve("target"));
            Files.writeString(root.resolve(module).resolve("pom.xml"), "");
            Files.writeString(root.resolve(module).resolve("src/main/Source.java"), "");
            old(root.resolve(module).resolve("pom.xml"));
            old(root.resolve(module).resolve("src/main/Source.java"));
            old(root.resolve(module).resolve("src/main"));
        }
        old(root.resolve("pom.xml"));
        executable("bin/java", "if [ \"$1\" = -version ]; then echo 'openjdk version \"25.0.3\"' >&2; else echo \"java $*\"; fi");
        executable("bin/javac", "exit 1");
        executable("bin/mvn", "echo \"mvn $*\"");
    }

    private static void old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(BUILT.minusSeconds(1)));
    }

    private void executable(String name, String body) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void markBuilt(String module) throws IOException {
        Path stamp = Files.writeString(root.resolve(module).resolve("target/chagres.built"), "");
        Files.setLastModifiedTime(stamp, FileTime.from(BUILT));
    }

    private String launch(String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(root.resolve("chagres").toString());
        builder.command().addAll(List.of(words));
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", root.toString());
        environment.put("PATH", root.resolve("bin") + ":" + environment.get("PATH"));
        environment.put("CHAGRES_JVM_ARGS", "-Xmx6g -Dx=y");
        Process process = builder.redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    @Test
    void commandsGoToTheirMainClass() throws IOException, InterruptedException {
        markBuilt("gpt2");
        markBuilt("bench");
        Path gpt2 = root.toRealPath().resolve("gpt2");
        Path bench = root.toRealPath().resolve("bench");
        assertThat(launch("doctor", "--json")).isEqualTo("java @" + gpt2 + "/src/main/launcher/jvm.args -Xmx6g -Dx=y -cp "
                + gpt2 + "/target/gpt2.jar:" + gpt2 + "/target/lib/* dev.chagres.cli.Main doctor --json\n");
        assertThat(launch("bench", "kernels", "--filter", "a b")).isEqualTo("java @" + gpt2
                + "/src/main/launcher/jvm.args -Xmx6g -Dx=y -cp " + bench + "/target/bench.jar:" + bench
                + "/target/lib/* dev.chagres.bench.cli.BenchMain kernels --filter a b\n");
        assertThat(launch("bench", "jmh", "-l")).endsWith("org.openjdk.jmh.Main -l\n");
        assertThat(launch()).endsWith("dev.chagres.cli.Main\n");
    }

    @Test
    void onlyWhatIsNeededIsBuilt() throws IOException, InterruptedException {
        assertThat(launch("doctor")).contains("-pl gpt2 -am package");
        assertThat(root.resolve("gpt2/target/chagres.built")).exists();
        assertThat(root.resolve("bench/target/chagres.built")).doesNotExist();
        assertThat(launch("bench", "kernels")).contains("-pl bench -am package");
        assertThat(launch("doctor") + launch("bench", "kernels")).doesNotContain("mvn");
    }

    @Test
    void aChangedModuleIsBuiltAgain() throws IOException, InterruptedException {
        markBuilt("gpt2");
        markBuilt("bench");
        Files.writeString(root.resolve("bench/src/main/Source.java"), "changed");
        assertThat(launch("doctor")).doesNotContain("mvn");
        assertThat(launch("bench", "kernels")).contains("mvn");
        Files.writeString(root.resolve("prover/src/main/Source.java"), "changed");
        assertThat(launch("doctor")).contains("mvn");
    }
}
