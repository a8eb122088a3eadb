package dev.chagres.gpt2;

import java.nio.file.Files;
import java.nio.file.Path;

/// Finds files of the checkout, wherever in it the tests are run.
public final class Repository {
    private Repository() {}

    /// The folder that holds `docs`: the working directory or the nearest one above it.
    ///
    /// @throws IllegalStateException if there is none
    public static Path root() {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            if (Files.isRegularFile(p.resolve("docs/semantics.md"))) {
                return p;
            }
        }
        throw new IllegalStateException("no docs/semantics.md above " + Path.of("").toAbsolutePath()
                + "; run the tests inside a checkout");
    }
}
