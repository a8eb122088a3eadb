package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.demo.BundledModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Runs commands in process.
final class Commands {
    private Commands() {}

    record Outcome(int code, String out, String err) {
        JsonNode json() {
            return new ObjectMapper().readTree(out);
        }
    }

    static Outcome run(Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(Stream.of(words).map(Object::toString).toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    /// Quantises the bundled model in `folder` and makes `keys/model.pk` and `keys/model.vk` there; calibrated on
    /// little text.
    static void bundledKeys(Path folder) throws IOException {
        BundledModel.extractTo(BundledModel.Kind.GPT2, folder.resolve("bundled"));
        Files.writeString(folder.resolve("calibration.txt"), BundledModel.calibrationText().substring(0, 1500));
        Outcome q = run("quantize", "--model", folder.resolve("bundled"), "--calibration",
                folder.resolve("calibration.txt"), "--out", folder.resolve("m.cgm"), "--json");
        assertThat(q.code).as(q.err).isZero();
        Outcome s = run("setup", "--model", folder.resolve("m.cgm"), "--out", folder.resolve("keys"), "--json");
        assertThat(s.code).as(s.err).isZero();
    }
}
