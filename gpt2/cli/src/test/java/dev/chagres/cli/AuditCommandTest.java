package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.file;
import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.BundledKeys.vk;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.proof.VerifyingKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whether a key is that of a model.
class AuditCommandTest {
    @TempDir
    private Path work;

    private static String fields(Outcome o) {
        return String.join(" ", StreamSupport.stream(o.json().get("differences").spliterator(), false)
                .map(d -> d.get("field").asString()).toList());
    }

    @Test
    void theKeyOfAModelIsEqual() {
        Outcome o = good("audit", "--vk", vk(), "--model", file("m.cgm"), "--json");
        assertThat(o.json().get("equal").asBoolean()).isTrue();
        assertThat(o.json().get("digest")).isEqualTo(o.json().get("rebuiltDigest"));
        assertThat(o.json().get("standardParameters").asBoolean()).isTrue();
        assertThat(good("audit", "--vk", vk(), "--model", file("m.cgm")).out()).startsWith("EQUAL ");
    }

    @Test
    void aFolderIsQuantisedAgain() {
        good("audit", "--vk", vk(), "--model", file("bundled"), "--calibration", file("calibration.txt"));
    }

    @Test
    void anotherNameIsTheOnlyDifference() {
        good("setup", "--model", file("m.cgm"), "--out", work, "--name", "a name of my own");
        Path named = work.resolve("model.vk");
        Outcome o = run("audit", "--vk", named, "--model", file("m.cgm"), "--json");
        assertThat(o.code()).isOne();
        assertThat(fields(o)).isEqualTo("name");
        assertThat(run("audit", "--vk", named, "--model", file("m.cgm")).out()).startsWith("DIFFERENT")
                .contains("only the name differs");
        good("audit", "--vk", named, "--model", file("m.cgm"), "--name", "a name of my own");
        assertThat(run("setup", "--model", file("m.cgm"), "--out", work, "--name", "").code()).isEqualTo(2);
    }

    @Test
    void otherWeightsHaveAnotherRootOrDescription() throws IOException {
        VerifyingKey own = VerifyingKey.open(vk());
        byte[] root = own.root();
        root[3] ^= 1;
        Path other = work.resolve("other.vk");
        Files.write(other, new VerifyingKey(own.name(), own.tokenizer(), own.spec(), own.parameters(), root).encode());
        Outcome o = run("audit", "--vk", other, "--model", file("m.cgm"), "--json");
        assertThat(o.code()).isOne();
        assertThat(fields(o)).isEqualTo("root");
        Files.writeString(work.resolve("calibration.txt"), "Now is the winter of our discontent. ".repeat(30));
        good("quantize", "--model", file("bundled"), "--calibration", work.resolve("calibration.txt"), "--name",
                "bundled", "--out", work.resolve("m.cgm"));
        Outcome weights = run("audit", "--vk", vk(), "--model", work.resolve("m.cgm"), "--json");
        assertThat(weights.code()).isOne();
        assertThat(fields(weights)).contains("description.").doesNotContain("name").doesNotContain("root");
        assertThat(weights.json().get("rebuiltDigest").isNull()).isTrue();
        JsonNode first = weights.json().get("differences").get(0);
        assertThat(first.get("key")).isNotEqualTo(first.get("rebuilt"));
    }

    @Test
    void otherParametersAreToldAndTheWeightsComparedAllTheSame() throws IOException {
        VerifyingKey own = VerifyingKey.open(vk());
        Path other = work.resolve("other.vk");
        Files.write(other, new VerifyingKey(own.name(), own.tokenizer(), own.spec(),
                CommitmentParameters.forKey(own.parameters().k() + 1), own.root()).encode());
        Outcome o = run("audit", "--vk", other, "--model", file("m.cgm"), "--json");
        assertThat(o.code()).isOne();
        assertThat(o.json().get("standardParameters").asBoolean()).isFalse();
        assertThat(fields(o)).isEqualTo("root");
    }

    @Test
    void calibrationBelongsToAFolder() {
        Outcome o = run("audit", "--vk", vk(), "--model", file("m.cgm"), "--calibration", file("calibration.txt"));
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("--calibration");
    }
}
