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
    private Path spill;

    /// An engine with so many threads, these kernels and this limit.
    ///
    /// @param warnings receives its warnings
    Engine engine(ThreadOptions threads, DeviceOptions device, Backend kernels, Consumer<String> warnings) {
        Engine.Builder builder = Engine.builder().threads(threads.count()).kernels(kernels).warnings(warnings);
        limit().ifPresent(builder::memory);
        return device.engine(builder);
    }

    /// The size as given, for other machines than this one; null if there is none.
    String size() {
        if (memory != null) {
            limit(memory, Path.of(""));
        }
        return memory;
    }

    /// The folder as given, for other machines than this one; null if there is none.
    Path folder() {
        return spill;
    }

    /// The limit, if one is set.
    ///
    /// @throws CommandException if the size is not one, or the folder cannot be written to
    public Optional<MemoryLimit> limit() {
        if (memory == null) {
            return Optional.empty();
        }
        Path folder = spill == null ? Path.of(System.getProperty("java.io.tmpdir")) : spill;
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new CommandException("--spill " + folder + ": is not a folder that can be written to");
        }
        return Optional.of(limit(memory, folder));
    }

    private static MemoryLimit limit(String size, Path folder) {
        try {
            return MemoryLimit.of(size).spillingTo(folder);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--memory: " + e.getMessage(), e);
        }
    }
}
