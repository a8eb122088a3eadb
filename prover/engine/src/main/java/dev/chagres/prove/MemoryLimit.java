package dev.chagres.prove;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a whole process may use while it proves. Proofs do not depend on it: what does not fit is spilled to a
/// temporary file.
///
/// @param bytes of memory in all: heap, virtual machine, mapped keys, tensors
/// @param spillFolder where the temporary file is made if one is needed
public record MemoryLimit(long bytes, Path spillFolder) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})([kmgt]?)i?b?");
    /// Memory of the virtual machine besides its heap: classes, compiled code, threads, collector. Resident size less
    /// heap and pool of proofs of GPT-2 (Temurin 25, launcher flags) was 180 to 240 MiB.
    private static final long MACHINE_BYTES = 256L << 20;

    public MemoryLimit {
        if (bytes < 1) {
            throw new IllegalArgumentException("a memory limit of " + bytes + " bytes");
        }
    }

    /// A limit such as `3g`, `3000m` or `3221225472`, spilling to the system's temporary folder.
    ///
    /// @throws IllegalArgumentException if it is none, or more than a machine can have
    public static MemoryLimit of(String size) {
        return new MemoryLimit(parse(size), Path.of(System.getProperty("java.io.tmpdir")));
    }

    /// The same limit with another folder for what does not fit.
    public MemoryLimit spillingTo(Path folder) {
        return new MemoryLimit(bytes, folder);
    }

    /// Bytes of a size such as 3g, 3000m or 3221225472.
    ///
    /// @throws IllegalArgumentException if it is none, or 2^62 bytes and more
    public static long parse(String size) {
        Matcher m = SIZE.matcher(size.strip().toLowerCase(Locale.ROOT));
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + size + "' is not a size such as 8g or 3000m");
        }
        int shift = "kmgt".indexOf(m.group(2)) * 10 + 10;
        long number = Long.parseLong(m.group(1));
        int bits = m.group(2).isEmpty() ? 0 : shift;
        if (number < 1 || number > (1L << 62) - 1 >> bits) {
            throw new IllegalArgumentException("'" + size + "' is no amount of memory that a machine can have");
        }
        return number << bits;
    }

    /// Bytes of the virtual machine and its heap, which a proof cannot change.
    static long ofMachine() {
        return Math.addExact(Runtime.getRuntime().maxMemory(), MACHINE_BYTES);
    }
}
