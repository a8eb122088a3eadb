package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.gpt2.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verifier's jar, alone in a process, with no flags.
class StandaloneVerifierTest {
    @TempDir
    Path folder;

    private Path jar;

    @BeforeEach
    void find() throws IOException {
        Path target = Repository.root().resolve("prover/verifier/target");
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.empty()) {
            jar = files.filter(f -> f.toString().endsWith("-standalone.jar")).findFirst().orElse(null);
        }
        assumeTrue(jar != null, "SKIPPED: no standalone jar in " + target + "; run mvn package");
    }

    private record Outcome(int code, String out) {}

    private Outcome run(Path... files) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString()),
                Stream.of(files).map(Path::toString)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out);
    }

    private Path resource(String name) throws IOException {
        try (InputStream in = StandaloneVerifierTest.class.getResourceAsStream("/dev/chagres/gpt2/fuzz/" + name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    @Test
    void acceptsRejectsAndRefuses() throws IOException, InterruptedException {
        Path key = resource("victim.vk");
        Path proof = resource("victim.proof");
        Outcome good = run(key, proof);
        assertThat(good.out()).startsWith("ACCEPTED").doesNotContain("WARNING");
        assertThat(good.code()).isZero();
        byte[] bytes = Files.readAllBytes(proof);
        bytes[bytes.length - 1] ^= 1;
        Path forged = Files.write(folder.resolve("forged.proof"), bytes);
        Outcome bad = run(key, proof, forged);
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.out()).contains("forged.proof: REJECTED");
        Outcome none = run(key, folder.resolve("none.proof"));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.out()).contains("none.proof").doesNotContain("\tat ");
        assertThat(run(key).code()).isEqualTo(2);
    }

    /// Field, hash, tokenizer and verifier, and nothing of the prover or of others.
    @Test
    void holdsNothingElse() throws IOException {
        try (JarFile content = new JarFile(jar.toFile())) {
            assertThat(content.stream().map(e -> e.getName()).filter(n -> n.endsWith(".class")))
                    .allMatch(n -> n.startsWith("dev/chagres/"))
                    .noneMatch(n -> n.startsWith("dev/chagres/prove/") || n.startsWith("dev/chagres/kernel/"));
        }
    }
}
