package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.proof;
import static dev.chagres.cli.BundledKeys.vk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What needs no parser means the same without it.
class VerifyWordsTest {
    @TempDir
    private Path folder;

    private static String[] words(Object... words) {
        return Stream.of(words).map(Object::toString).toArray(String[]::new);
    }

    private static Outcome plain(String[] words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Optional<VerifyCommand> command = VerifyCommand.plain(words, new PrintWriter(out, true),
                new PrintWriter(err, true));
        assertThat(command).as("%s need no parser", List.of(words)).isPresent();
        return new Outcome(command.get().call(), out.toString(), err.toString());
    }

    /// Without times, which differ from run to run.
    private static String stable(String text) {
        return text.replaceAll("took +[0-9.]+ s", "took").replaceAll("\"seconds\" ?: ?[0-9.E-]+", "seconds");
    }

    @Test
    void resultsAreThoseOfTheParser() throws IOException {
        byte[] bytes = Files.readAllBytes(proof());
        bytes[bytes.length / 2] ^= 1;
        Path bad = Files.write(folder.resolve("b=d.proof"), bytes);
        Path missing = folder.resolve("missing");
        List<String[]> lines = new ArrayList<>();
        lines.add(words("verify", "--vk", vk(), proof()));
        lines.add(words("verify", proof(), "--vk=" + vk(), "--json"));
        lines.add(words("verify", "--vk", vk(), "--proof", proof(), "--ids", "--security", "--complete"));
        lines.add(words("verify", "--vk", vk(), "--proof=" + proof(), bad, "--json"));
        lines.add(words("verify", "--vk", vk(), folder, missing));
        lines.add(words("verify", "--vk", vk(), bad));
        lines.add(words("verify", "--vk", vk()));
        lines.add(words("verify", "--vk", missing, proof()));
        lines.add(words("verify", "--vk", vk(), "--prompt", "another", "--output", "a=b", proof()));
        lines.add(words("verify", "--vk", vk(), "--prompt-ids", "1,2", "--output-ids=3", proof()));
        lines.add(words("verify", "--vk", vk(), "--prompt-ids", "x", proof()));
        lines.add(words("verify", "--vk", vk(), "--prompt-file", missing, proof()));
        lines.add(words("verify", "--vk", vk(), "--key-digest", "0".repeat(64), proof(), "--json"));
        lines.add(words("verify", "--vk", vk(), "--key-digest", "12", proof()));
        for (String[] line : lines) {
            Outcome parsed = Commands.run((Object[]) line);
            Outcome plain = plain(line);
            assertThat(plain.code()).as("%s", List.of(line)).isEqualTo(parsed.code());
            assertThat(stable(plain.out())).as("%s", List.of(line)).isEqualTo(stable(parsed.out()));
            assertThat(plain.err().replaceAll("[0-9]+\\.[0-9]+ s", "")).as("%s", List.of(line))
                    .isEqualTo(parsed.err().replaceAll("[0-9]+\\.[0-9]+ s", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inspect --vk a b", "verify b", "verify --vk a --help", "verify -h", "verify --vk",
        "verify --vk a --vk a b", "verify --vk a --json --json b", "verify --vk a --unknown b", "verify --vk a @file",
        "verify --vk @a b", "verify --vk a -- b", "verify --vk a --json=true b", "verify --vk= b", "verify --vk --ids",
        "verify --vk a -"})
    void everythingElseIsForTheParser(String line) {
        assertThat(VerifyWords.of(line.split(" "))).isEmpty();
        assertThat(VerifyWords.of(new String[0])).isEmpty();
        assertThat(VerifyWords.of(new String[] {"verify", "--vk", "a", ""})).isEmpty();
    }
}
