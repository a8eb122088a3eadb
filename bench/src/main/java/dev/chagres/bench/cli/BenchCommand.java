package dev.chagres.bench.cli;

import dev.chagres.cli.CommandBase;
import dev.chagres.cli.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/// A command that prints a table and, where asked, writes the figures to a file as one JSON object.
abstract class BenchCommand extends CommandBase {
    @Option(names = "--json", paramLabel = "FILE",
            description = "Also write the figures to this file, as one JSON object.")
    private Path json;

    /// Says so before hours of measuring when the figures could not be written.
    void checkJson() {
        if (json == null) {
            return;
        }
        Path folder = json.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder) || Files.isDirectory(json)
                || !Files.isWritable(Files.exists(json) ? json : folder)) {
            throw new CommandException("--json " + json + ": this file cannot be written");
        }
    }

    void show(String text, Map<String, ?> figures) throws IOException {
        if (json != null) {
            Files.writeString(json, toJson(figures) + "\n");
        }
        out().print(text);
        out().flush();
    }
}
