package dev.chagres.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the shared test data: `-DCHAGRES_DATA`, the environment variable of that name, or `shared/data` beside or
/// above the checkout.
final class TestData {
    private TestData() {}

    /// A file or folder of the shared data; skips the calling test with a message if it is absent.
    static Path path(String relative) {
        List<Path> roots = new ArrayList<>();
        String given = System.getProperty("CHAGRES_DATA", System.getenv("CHAGRES_DATA"));
        if (given != null) {
            roots.add(Path.of(given));
        } else {
            for (String up = "../../shared/data"; roots.size() < 4; up = "../" + up) {
                roots.add(Path.of(up));
            }
        }
        for (Path root : roots) {
            if (Files.exists(root.resolve(relative))) {
                return root.resolve(relative);
            }
        }
        assumeTrue(false, "SKIPPED: shared test data '" + relative + "' not found in " + roots + "; set CHAGRES_DATA");
        throw new AssertionError("unreachable");
    }

    static JsonObject json(String relative) throws IOException {
        return JsonObject.of(relative, TokenizerFile.readJson(path(relative)));
    }

    /// Ids as `[1, 2]` lists them.
    static int[] ids(List<?> numbers) {
        return numbers.stream().mapToInt(n -> ((Long) n).intValue()).toArray();
    }
}
