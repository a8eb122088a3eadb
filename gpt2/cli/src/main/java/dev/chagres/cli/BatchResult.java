package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// What became of one line of a batch.
///
/// @param id null if the line could not be read
/// @param rows rows proved, 0 if none
/// @param seconds inference, proof and writing
/// @param bytes size of the proof file, 0 if there is none
/// @param error null unless failed
record BatchResult(int line, String id, Status status, int rows, double seconds, long bytes, String error) {
    enum Status {
        /// The proof was made now.
        PROVED,
        /// A proof of this statement was there.
        SKIPPED,
        /// See the error.
        FAILED;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("line", line);
        map.put("id", id);
        map.put("status", status.toString());
        map.put("tokens", rows);
        map.put("seconds", seconds);
        map.put("proofBytes", bytes);
        if (error != null) {
            map.put("error", error);
        }
        return map;
    }
}
