package dev.chagres.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Options of the virtual machine as the launcher `chagres` gives them: the same files, one option a line.
public final class LauncherFlags {
    /// Heap of commands that compute, unless they say otherwise. It stands in the launcher, not in a file.
    public static final String HEAP = "-Xmx4g";

    private LauncherFlags() {}

    /// For commands that compute, without their heap.
    public static List<String> working() {
        return read("jvm.args");
    }

    /// For commands that only read or explain, `verify` among them.
    public static List<String> reading() {
        return read("reader.args");
    }

    /// For `prove`, besides those for commands that compute: it does one thing and ends.
    ///
    /// @param folder where the directives of the compilers are written, as `kernels.directives`
    public static List<String> once(Path folder) throws IOException {
        Path directives = folder.resolve("kernels.directives");
        Files.write(directives, read("kernels.directives"));
        return List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:CompilerDirectivesFile=" + directives);
    }

    private static List<String> read(String file) {
        try (InputStream in = LauncherFlags.class.getResourceAsStream("launcher/" + file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside the commands; build again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }
}
