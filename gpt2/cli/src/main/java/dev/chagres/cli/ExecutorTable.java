package dev.chagres.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// The executors of a cluster as a table, and below it what would make it too wide: each once, with those that have it.
final class ExecutorTable {
    private static final int LEFT = 4;

    private ExecutorTable() {}

    static String of(List<ExecutorFacts> executors) {
        TextTable table = new TextTable(LEFT, "executor", "host", "jdk", "kernels", "threads", "memory", "free");
        for (ExecutorFacts e : executors) {
            boolean answered = !e.jdk().isEmpty();
            table.row(e.executor(), e.host(), known(e.jdk()), known(e.kernels()),
                    answered ? Integer.toString(e.cores()) : "-", answered ? gibibytes(e.memoryBytes()) : "-",
                    answered ? gibibytes(e.memoryFreeBytes()) : "-");
        }
        StringBuilder text = new StringBuilder(table.toString());
        below(text, "build", executors, ExecutorFacts::build);
        below(text, "native library", executors, ExecutorFacts::nativeLibrary);
        below(text, "devices", executors, e -> String.join(", ", e.devices()));
        below(text, "key", executors, ExecutorFacts::keyDigest);
        below(text, "cannot prove", executors, ExecutorFacts::error);
        return text.toString();
    }

    private static void below(StringBuilder text, String name, List<ExecutorFacts> executors,
            Function<ExecutorFacts, String> value) {
        Map<String, List<String>> have = new LinkedHashMap<>();
        for (ExecutorFacts e : executors) {
            String v = value.apply(e);
            if (!v.isEmpty()) {
                have.computeIfAbsent(v, _ -> new ArrayList<>()).add(e.executor());
            }
        }
        have.forEach((v, who) -> text.append(name).append(have.size() == 1 && who.size() == executors.size() ? ""
                : " (" + String.join(", ", who) + ")").append(": ").append(Failures.clean(v))
                .append(System.lineSeparator()));
    }

    private static String known(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }
}
