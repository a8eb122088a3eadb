package dev.chagres.cli;

import dev.chagres.kernel.Backend;
import dev.chagres.prove.Engine;
import dev.chagres.prove.MemoryLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// `--memory` and `--spill`: what a proving process may use.
public final class MemoryOptions {
    @Option(names = "--memory", paramLabel = "SIZE", description = {
        "Most memory that the process may use, for example 8g or 3000m; default: as much as it likes.",
        "What does not fit is spilled to a temporary file. The proof does not depend on it."})
    private String memory;

    @Option(names = "--spill", paramLabel = "DIR",
            description = "Folder of the temporary file; default: the system's temporary folder.")
    private Path spill = Path.of(System.getProperty("java.io.tmpdir"));

    /// An engine with so many threads, these kernels and this limit.
    ///
    /// @param warnings receives its warnings
    Engine engine(ThreadOptions threads, DeviceOptions device, Backend kernels, Consumer<String> warnings) {
        Engine.Builder builder = Engine.builder().threads(threads.count()).kernels(kernels).warnings(warnings);
        limit().ifPresent(builder::memory);
        return device.engine(builder);
    }

    /// The limit, if one is set.
    ///
    /// @throws CommandException if the size is not one, or the folder cannot be written to
    public Optional<MemoryLimit> limit() {
        if (memory == null) {
            return Optional.empty();
        }
        if (!Files.isDirectory(spill) || !Files.isWritable(spill)) {
            throw new CommandException("--spill " + spill + ": is not a folder that can be written to");
        }
        try {
            return Optional.of(MemoryLimit.of(memory).spillingTo(spill));
        } catch (IllegalArgumentException e) {
            throw new CommandException("--memory: " + e.getMessage(), e);
        }
    }
}
