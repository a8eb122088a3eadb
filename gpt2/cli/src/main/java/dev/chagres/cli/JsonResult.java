package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// Results as JSON, the same way for all commands (docs/cli.md): every object says its schema and its command, keys are
/// camelCase with their unit at the end, numbers are numbers, and a number that does not exist (no value, infinite) is
/// null.
final class JsonResult {
    /// Grows when a key changes its meaning or goes; new keys may come at any time.
    static final int SCHEMA = 1;

    private JsonResult() {}

    /// An indented object.
    static String pretty(String command, Map<String, ?> result) {
        return JsonText.of(with(command, result), true);
    }

    /// An object on one line.
    static String line(String command, Map<String, ?> result) {
        return JsonText.of(with(command, result), false);
    }

    private static Map<String, Object> with(String command, Map<String, ?> result) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", SCHEMA);
        all.put("command", command);
        all.putAll(result);
        return all;
    }
}
