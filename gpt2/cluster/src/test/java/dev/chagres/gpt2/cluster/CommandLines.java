package dev.chagres.gpt2.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.chagres.cli.Main;
import dev.chagres.gpt2.demo.BundledModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Commands in this process.
final class CommandLines {
    private CommandLines() {}

    record Outcome(int code, String out, String err) {
        /// Lines in which the command says why it failed.
        List<String> errors(String command) {
            return err.lines().filter(l -> l.startsWith("chagres " + command + ": ")).toList();
        }
    }

    static Outcome run(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new Main(), new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    static void assumeSpark() {
        String home = System.getenv("SPARK_HOME");
        assumeTrue(home != null && Files.exists(Path.of(home, "RELEASE")) && Files.isDirectory(Path.of(home, "jars")),
                "SKIPPED: no jars of Spark in " + home + "; the build of this module copies them there");
    }

    /// Quantises the bundled model with a calibration of that length and makes `keys/model.pk` and `keys/model.vk`.
    static void keys(Path folder, int calibration) throws IOException {
        Files.createDirectories(folder);
        BundledModel.extractTo(BundledModel.Kind.GPT2, folder.resolve("bundled"));
        Files.writeString(folder.resolve("calibration.txt"), BundledModel.calibrationText().substring(0, calibration));
        Outcome q = run("quantize", "--model", folder.resolve("bundled"), "--calibration",
                folder.resolve("calibration.txt"), "--out", folder.resolve("m.cgm"), "--json");
        assertThat(q.code).as(q.err).isZero();
        Outcome s = run("setup", "--model", folder.resolve("m.cgm"), "--out", folder.resolve("keys"), "--json");
        assertThat(s.code).as(s.err).isZero();
    }
}
