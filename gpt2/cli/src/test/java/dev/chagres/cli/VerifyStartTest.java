package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.proof;
import static dev.chagres.cli.BundledKeys.vk;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a `verify` in a process of its own loads: time before a verdict is mostly that.
class VerifyStartTest {
    /// Parts of names. The parser's outermost class stands in a signature of the main class, and is loaded but not
    /// linked.
    private static final List<String> FOREIGN = List.of("dev.chagres.kernel.", "dev.chagres.prove.commit.",
            "picocli.CommandLine$", "tools.jackson.", "jdk.incubator.vector.");

    @ParameterizedTest
    @ValueSource(strings = {"--security", "--json"})
    void onlyWhatVerifyingNeedsIsLoaded(String flag) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(LauncherFlags.reading());
        line.addAll(List.of("-Xlog:class+load:stdout", "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "verify", "--vk", vk().toString(), flag, proof().toString()));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        List<String> out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).isZero();
        assertThat(out).anyMatch(l -> l.contains("] dev.chagres.verify.ProofVerifier "));
        for (String name : FOREIGN) {
            assertThat(out).noneMatch(l -> l.contains("] " + name));
        }
    }
}
