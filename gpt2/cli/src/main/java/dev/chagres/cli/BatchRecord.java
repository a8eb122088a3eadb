package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What became of the lines of a batch so far. A batch that reads prompts as they come may have no end, so results are
/// kept only where something is shown at the end.
final class BatchRecord {
    private final boolean keep;
    private final long start = System.nanoTime();
    private final Map<Integer, BatchResult> results = new TreeMap<>();
    private final Map<Status, Integer> counts = new EnumMap<>(Status.class);
    private long rowsProved;

    /// @param keep whether the results themselves are wanted at the end
    BatchRecord(boolean keep) {
        this.keep = keep;
    }

    void add(BatchResult result) {
        counts.merge(result.status(), 1, Integer::sum);
        rowsProved += result.status() == Status.PROVED ? result.rows() : 0;
        if (keep) {
            results.put(result.line(), result);
        }
    }

    int count(Status status) {
        return counts.getOrDefault(status, 0);
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /// Counts, time and, where they were kept, the results in the order of lines.
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Status s : Status.values()) {
            map.put(s.toString(), count(s));
        }
        double seconds = seconds();
        map.put("seconds", seconds);
        map.put("tokensPerSecond", rowsProved / seconds);
        map.put("lines", results.values().stream().map(BatchResult::toMap).toList());
        return map;
    }

    /// The table: failed lines last, each part in the order of lines.
    String table() {
        StringBuilder text = new StringBuilder(BatchResult.head()).append(System.lineSeparator());
        for (boolean failed : new boolean[] {false, true}) {
            results.values().stream().filter(r -> r.status() == Status.FAILED == failed)
                    .forEach(r -> text.append(r.row()).append(System.lineSeparator()));
        }
        return text.toString();
    }

    /// The line below the table.
    String summary() {
        double seconds = seconds();
        return String.format(Locale.ROOT, "%d proved, %d kept, %d failed in %.1f s; %.1f tokens/s",
                count(Status.PROVED), count(Status.KEPT), count(Status.FAILED), seconds, rowsProved / seconds);
    }
}
