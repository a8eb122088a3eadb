package dev.chagres.cli;

import dev.chagres.prove.run.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// `--memory` and `--spill`: what a proving process may use.
public final class MemoryOptions {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([kmgt]?)i?b?");
    /// Memory of the virtual machine besides its heap: classes, compiled code, threads, collector.
    private static final long MACHINE_BYTES = 256L << 20;

    @Option(names = "--memory", paramLabel = "SIZE", description = {
        "Most memory that the process may use, for example 8g or 3000m; default: as much as it likes.",
        "What does not fit is spilled to a temporary file. The proof does not depend on it."})
    private String memory;

    @Option(names = "--spill", paramLabel = "DIR",
            description = "Folder of the temporary file; default: the system's temporary folder.")
    private Path spill = Path.of(System.getProperty("java.io.tmpdir"));

    /// The limit, if one is set.
    ///
    /// @param key the mapped proving key, whose pages count
    /// @throws CommandException if the size is not one, or the folder cannot be written to
    public Optional<MemoryPlan.Limit> limit(Path key) throws IOException {
        if (memory == null) {
            return Optional.empty();
        }
        if (!Files.isDirectory(spill) || !Files.isWritable(spill)) {
            throw new CommandException("--spill " + spill + ": is not a folder that can be written to");
        }
        long fixed = Math.addExact(Math.addExact(Runtime.getRuntime().maxMemory(), MACHINE_BYTES), Files.size(key));
        return Optional.of(new MemoryPlan.Limit(bytes(memory), fixed, spill));
    }

    /// Bytes of a size such as 3g, 3000m or 3221225472.
    ///
    /// @throws CommandException if it is not one
    public static long bytes(String size) {
        Matcher m = SIZE.matcher(size.toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new CommandException("--memory: '" + size + "' is not a size; write for example 8g or 3000m");
        }
        int shift = "kmgt".indexOf(m.group(2).isEmpty() ? ' ' : m.group(2).charAt(0)) + 1;
        long count = Long.parseLong(m.group(1));
        if (count > Long.MAX_VALUE >> 10 * shift) {
            throw new CommandException("--memory: '" + size + "' is more than any machine has; write for example 8g or 3000m");
        }
        return count << 10 * shift;
    }
}
