package dev.chagres.bench.e2e;

import dev.chagres.cli.LauncherFlags;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Runs main classes of this class path in fresh JVMs.
final class Child {
    private Child() {}

    /// @param out what it printed to standard output
    /// @param seconds from before the start of the process to its end
    record Outcome(int code, String out, double seconds) {}

    /// Runs a command that computes, with the flags of this JVM, to the end; standard error goes where ours goes.
    static Outcome run(Class<?> main, Object... words) throws IOException {
        return run(List.of(), main, words);
    }

    /// Runs a command that computes.
    ///
    /// @param flags of the JVM, after those of this one
    static Outcome run(List<String> flags, Class<?> main, Object... words) throws IOException {
        List<String> all = new ArrayList<>(inherited());
        all.addAll(flags);
        return start(all, main, words);
    }

    /// Runs a command that only reads, with the flags that the launcher gives it.
    static Outcome read(Class<?> main, Object... words) throws IOException {
        return start(reading(inherited()), main, words);
    }

    /// The flags of a JVM for reading: the launcher's, and after them what was given to a working one besides its own.
    static List<String> reading(List<String> working) {
        List<String> besides = new ArrayList<>(working);
        LauncherFlags.working().forEach(besides::remove); // once each: the same may have been given besides
        besides.remove(LauncherFlags.HEAP);
        List<String> all = new ArrayList<>(LauncherFlags.reading());
        all.addAll(besides);
        return all;
    }

    /// The flags of this JVM; agents belong to one process, and so does a launcher.
    private static List<String> inherited() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> !a.startsWith("-agent") && !a.startsWith("-javaagent")
                        && !a.startsWith("-Dchagres.launcher="))
                .toList();
    }

    private static Outcome start(List<String> flags, Class<?> main, Object... words) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(flags);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Stream.of(words).map(String::valueOf).forEach(line::add);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            return new Outcome(code, out, (System.nanoTime() - start) / 1e9);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a process was running");
        } finally {
            Runtime.getRuntime().removeShutdownHook(end);
        }
    }
}
