package dev.chagres.bench.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Gives every executor cores of its own: a Java home whose `java` asks `taskset` for those of its executor.
final class Pinned {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Pinned() {}

    /// Numbers of the processors that this process may use; empty where the system does not tell.
    static List<Integer> processors() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return List.of();
        }
        return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith(ALLOWED))
                .flatMap(l -> parse(l.substring(ALLOWED.length()).strip()).stream()).toList();
    }

    /// Numbers of a list such as `0-3,8`.
    static List<Integer> parse(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : list.split(",")) {
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            IntStream.rangeClosed(first, dash < 0 ? first : Integer.parseInt(part.substring(dash + 1)))
                    .forEach(numbers::add);
        }
        return numbers;
    }

    /// Whether this machine has `taskset`.
    static boolean possible() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(d -> Files.isExecutable(Path.of(d, "taskset")));
    }

    /// Makes the Java home. An executor that replaces a lost one takes the cores of a former one.
    ///
    /// @param home       folder that is made
    /// @param executors  how many there are, numbered from 0
    /// @param cores      of each
    /// @param processors at least executors times cores
    static Path javaHome(Path home, int executors, int cores, List<Integer> processors) throws IOException {
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        String cases = IntStream.range(0, executors).mapToObj(e -> e + ") cpus=" + processors
                .subList(e * cores, (e + 1) * cores).stream().map(String::valueOf).collect(Collectors.joining(","))
                + " ;;\n").collect(Collectors.joining());
        Files.writeString(java, """
                #!/bin/sh
                id=0 before=
                for word in "$@"; do
                  [ "$before" != --executor-id ] || id=$word
                  before=$word
                done
                case $((id %% %d)) in
                %sesac
                exec taskset -c "$cpus" "%s/bin/java" "$@"
                """.formatted(executors, cases, System.getProperty("java.home")));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }
}
