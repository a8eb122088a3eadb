package dev.chagres.bench.measure;

import dev.chagres.kernel.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What a figure depends on besides the code: processor, JVM, kernels, and the commit of the code where git tells it.
///
/// @param cpu model name, and family, model and stepping where the system tells them
/// @param cores processors available to this JVM
/// @param memoryBytes physical memory, 0 when unknown
/// @param jdk virtual machine and version
/// @param flags arguments of the JVM
/// @param backend name of the kernels in use
/// @param vectorBits width of their vectors where they are kernels in Java, 0 for others
/// @param commit abbreviated commit, with `+changes` when files differ from it; empty when unknown
public record Environment(String cpu, int cores, long memoryBytes, String os, String jdk, List<String> flags,
        String backend, int vectorBits, Optional<String> commit) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final int GIT_SECONDS = 5;

    public static Environment current() {
        String backend = Backends.ofProperty().name();
        return new Environment(
                nameOfCpu(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                        ? os.getTotalMemorySize() : 0,
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                backend,
                backend.startsWith("vector-") ? Integer.parseInt(backend.substring("vector-".length())) : 0,
                commitOfCode());
    }

    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cpu", cpu);
        json.put("cores", cores);
        json.put("memoryBytes", memoryBytes);
        json.put("os", os);
        json.put("jdk", jdk);
        json.put("flags", flags);
        json.put("backend", backend);
        json.put("vectorBits", vectorBits);
        json.put("commit", commit.orElse(null));
        return json;
    }

    /// The same as lines of text.
    public String toText() {
        return String.format("""
                cpu      %s, %d cores, %d MiB
                jdk      %s, %s
                flags    %s
                kernels  %s
                commit   %s
                """, cpu, cores, memoryBytes >> 20, jdk, os, String.join(" ", flags), backend,
                commit.orElse("unknown"));
    }

    private static String nameOfCpu() {
        if (!Files.isReadable(CPU_INFO)) {
            return System.getProperty("os.arch");
        }
        try {
            return nameIn(Files.readAllLines(CPU_INFO));
        } catch (IOException e) {
            return System.getProperty("os.arch"); // the name is informative
        }
    }

    /// The first processor of `/proc/cpuinfo`, as `limits.c` names it. Some virtual machines hide the model's name,
    /// hence the numbers.
    static String nameIn(List<String> lines) {
        return field(lines, "model name").map(name -> name + " (family " + field(lines, "cpu family").orElse("?")
                + ", model " + field(lines, "model").orElse("?")
                + ", stepping " + field(lines, "stepping").orElse("?") + ")")
                .orElse(System.getProperty("os.arch"));
    }

    private static Optional<String> field(List<String> lines, String name) {
        return lines.stream().map(l -> l.split("\\s*:\\s*", 2)).filter(f -> f.length == 2 && f[0].strip().equals(name))
                .map(f -> f[1].strip()).findFirst();
    }

    /// Asks git about the folder that the code was loaded from.
    private static Optional<String> commitOfCode() {
        Path code = Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        return git(code.getParent(), "rev-parse", "--short", "HEAD")
                .map(id -> id + git(code.getParent(), "status", "--porcelain", "--untracked-files=no")
                        .filter(changes -> !changes.isEmpty()).map(_ -> "+changes").orElse(""));
    }

    private static Optional<String> git(Path folder, String... words) {
        try {
            Process git = new ProcessBuilder(Stream.concat(Stream.of("git", "-C", folder.toString()), Stream.of(words))
                    .toList()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String out = new String(git.getInputStream().readAllBytes()).strip();
            if (!git.waitFor(GIT_SECONDS, TimeUnit.SECONDS)) {
                git.destroyForcibly();
                return Optional.empty();
            }
            return git.exitValue() == 0 ? Optional.of(out) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no git here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
