package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What became of one line of a batch.
///
/// @param id null if the line could not be read so far
/// @param rows rows proved, 0 if none
/// @param seconds inference, proof and writing; 0 unless proved
/// @param bytes size of the proof file, 0 if there is none
/// @param error null unless failed
record BatchResult(int line, String id, Status status, int rows, double seconds, long bytes, String error) {
    private static final String ROW = "%6s  %-24s  %-8s  %6s  %8s  %9s";

    enum Status {
        /// The proof was made now.
        PROVED,
        /// A proof of this statement was there.
        KEPT,
        /// See the error.
        FAILED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static BatchResult failed(int line, String id, String error) {
        return new BatchResult(line, id, Status.FAILED, 0, 0, 0, error);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("line", line);
        map.put("id", id);
        map.put("status", status.toString());
        map.put("tokens", rows);
        map.put("seconds", seconds);
        map.put("proofBytes", bytes);
        map.put("error", error);
        return map;
    }

    /// Head of the table.
    static String head() {
        return String.format(Locale.ROOT, ROW, "line", "id", "status", "tokens", "seconds", "bytes");
    }

    /// Row of the table; of a failed line the cause stands in place of the figures.
    String row() {
        String name = id == null ? "" : id;
        if (status == Status.FAILED) {
            return String.format(Locale.ROOT, "%6s  %-24s  %-8s  %s", line, name, status, Texts.indented(error, 0));
        }
        String time = String.format(Locale.ROOT, "%.2f", seconds);
        return String.format(Locale.ROOT, ROW, line, name, status, rows, time, bytes);
    }
}
