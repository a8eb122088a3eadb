package dev.chagres.gpt2.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the operating system says about this process.
final class SystemFacts {
    private static final Path STATUS = Path.of("/proc/self/status");

    private SystemFacts() {}

    /// Largest resident size so far in bytes, 0 where the system does not tell.
    static long peakResidentBytes() {
        return status("VmHWM:");
    }

    private static long status(String field) {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith(field))
                    .mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElse(0);
        } catch (IOException e) {
            return 0; // the figure is informative
        }
    }
}
