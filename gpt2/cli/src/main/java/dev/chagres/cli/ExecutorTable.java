package dev.chagres.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// The executors of a cluster as a table, and below it what would make it too wide: each once, with those that have it.
final class ExecutorTable {
    private static final List<String> HEADS =
            List.of("executor", "host", "jdk", "kernels", "threads", "memory", "free");
    private static final int LEFT = 4;

    private ExecutorTable() {}

    static String of(List<ExecutorFacts> executors) {
        List<List<String>> rows = new ArrayList<>(List.of(HEADS));
        for (ExecutorFacts e : executors) {
            boolean answered = !e.jdk().isEmpty();
            rows.add(List.of(e.executor(), e.host(), known(e.jdk()), known(e.kernels()),
                    answered ? Integer.toString(e.cores()) : "-", answered ? gibibytes(e.memoryBytes()) : "-",
                    answered ? gibibytes(e.memoryFreeBytes()) : "-"));
        }
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(line(row, rows)).append(System.lineSeparator()));
        below(text, "build", executors, ExecutorFacts::build);
        below(text, "native library", executors, ExecutorFacts::nativeLibrary);
        below(text, "devices", executors, e -> String.join(", ", e.devices()));
        below(text, "key", executors, ExecutorFacts::keyDigest);
        below(text, "cannot prove", executors, ExecutorFacts::error);
        return text.toString();
    }

    private static String line(List<String> row, List<List<String>> all) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < row.size(); c++) {
            int column = c;
            int width = all.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
            line.append(c == 0 ? "" : "  ").append(String.format(Locale.ROOT,
                    "%" + (c < LEFT ? "-" : "") + width + "s", row.get(c)));
        }
        return line.toString().stripTrailing();
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
