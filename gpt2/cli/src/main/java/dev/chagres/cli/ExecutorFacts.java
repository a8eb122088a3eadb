package dev.chagres.cli;

import dev.chagres.kernel.Backends;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.key.ProvingKey;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an executor of a cluster has.
///
/// @param executor        its number or name in the cluster
/// @param host            that it runs on
/// @param build           version and commit of our classes there; empty if it did not say
/// @param jdk             version
/// @param kernels         that it proves with
/// @param nativeLibrary   as `doctor` says it
/// @param devices         words that `--device` takes there
/// @param cores           processors that its process may use
/// @param memoryBytes     of its machine or container
/// @param memoryFreeBytes of those now
/// @param keyDigest       of the key that it sees, in hexadecimal; empty if it was not asked or has none
/// @param error           why it cannot prove; empty if it can
public record ExecutorFacts(String executor, String host, String build, String jdk, String kernels,
        String nativeLibrary, List<String> devices, int cores, long memoryBytes, long memoryFreeBytes, String keyDigest,
        String error) {
    /// What this process has.
    ///
    /// @param executor its name
    /// @param build    of its classes
    /// @param key      that it should see, null for none
    /// @param digest   of the verifying key in it, in hexadecimal
    public static ExecutorFacts here(String executor, String build, Path key, String digest) {
        String seen = "";
        String error = "";
        if (key != null && !Files.isReadable(key)) {
            error = "does not see the proving key " + key
                    + "; put it where all machines see it, or send it with --send-key";
        } else if (key != null) {
            try {
                seen = digest(key);
                error = seen.equals(digest) ? "" : "sees another key as " + key + "; give all machines the same file";
            } catch (FileFormatException e) {
                error = "cannot use the proving key: " + e.getMessage();
            }
        }
        Map<String, Object> natives = new LinkedHashMap<>();
        NativeFacts.put(natives);
        long memory = 0;
        long free = 0;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            memory = os.getTotalMemorySize();
            free = os.getFreeMemorySize();
        }
        return new ExecutorFacts(executor, machine(), build, Runtime.version().toString(), Backends.ofProperty().name(),
                natives.get("nativeLibrary").toString(), ((List<?>) natives.get("devices")).stream()
                        .map(Object::toString).toList(),
                Runtime.getRuntime().availableProcessors(), memory, free, seen, error);
    }

    /// One that says nothing of itself.
    ///
    /// @param error why
    public static ExecutorFacts silent(String executor, String host, String build, String error) {
        return new ExecutorFacts(executor, host, build, "", "", "", List.of(), 0, 0, 0, "", error);
    }

    /// Digest of the verifying key in a proving key, in hexadecimal.
    ///
    /// @throws FileFormatException if the file is none
    public static String digest(Path provingKey) {
        try (ProvingKey key = ProvingKey.open(provingKey)) {
            return HexFormat.of().formatHex(key.verifyingKey().digest());
        }
    }

    /// Name of this machine.
    public static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }

    /// For JSON: what is not known is null.
    Map<String, Object> toJson() {
        boolean answered = !jdk.isEmpty();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("executor", executor);
        facts.put("host", host);
        facts.put("build", orNull(build));
        facts.put("jdkVersion", orNull(jdk));
        facts.put("kernels", orNull(kernels));
        facts.put("nativeLibrary", orNull(nativeLibrary));
        facts.put("devices", devices);
        facts.put("threads", answered ? cores : null);
        facts.put("memoryBytes", answered ? memoryBytes : null);
        facts.put("memoryFreeBytes", answered ? memoryFreeBytes : null);
        facts.put("keyDigest", orNull(keyDigest));
        facts.put("error", orNull(error));
        return facts;
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
