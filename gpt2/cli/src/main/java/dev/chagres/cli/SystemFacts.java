package dev.chagres.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the operating system says about this process.
public final class SystemFacts {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private SystemFacts() {}

    /// Largest resident size so far in bytes, 0 where the system does not tell.
    public static long peakResidentBytes() {
        return status("VmHWM:");
    }

    /// Memory of the machine or of the container in bytes, 0 where the system does not tell.
    public static long memoryBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getTotalMemorySize() : 0;
    }

    /// Makes the largest resident size start again from the present one.
    ///
    /// @return whether the system permits it
    public static boolean resetPeak() {
        if (!Files.isWritable(CLEAR)) {
            return false;
        }
        try {
            Files.writeString(CLEAR, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false; // not permitted here
        }
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
