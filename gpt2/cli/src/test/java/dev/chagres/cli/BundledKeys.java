package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Keys and a proof of the bundled model, made once for all tests that only read them.
final class BundledKeys {
    /// Prompt of [#proof()].
    static final String PROMPT = "ROMEO:";
    /// Tokens generated in [#proof()].
    static final int GENERATED = 6;

    /// What [#proof()] is bound to.
    static final String BOUND = "c0ffee00";

    private BundledKeys() {}

    private static final class Holder {
        static final Path FOLDER = make();
    }

    private static Path make() {
        try {
            Path folder = Files.createTempDirectory("chagres-test");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            Commands.bundledKeys(folder);
            Outcome p = run("prove", "--pk", folder.resolve("keys/model.pk"), "--prompt", PROMPT, "--generate",
                    GENERATED, "--bind-hex", BOUND, "--out",
                    folder.resolve("p.proof"), "--json");
            assertThat(p.code()).as(p.err()).isZero();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path file(String name) {
        return Holder.FOLDER.resolve(name);
    }

    static Path vk() {
        return file("keys/model.vk");
    }

    static Path pk() {
        return file("keys/model.pk");
    }

    static Path proof() {
        return file("p.proof");
    }

    /// Words of a command that must succeed.
    static Outcome good(Object... words) {
        Outcome o = run(words);
        assertThat(o.code()).as(List.of(words) + ": " + o.err()).isZero();
        return o;
    }
}
