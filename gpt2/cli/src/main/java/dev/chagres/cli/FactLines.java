package dev.chagres.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The text of a result whose JSON is an object: a line for each value, with the words of its key in front. An object
/// in it takes one line, a list of objects one line each.
final class FactLines {
    private static final int NAME_WIDTH = 20;
    /// Bytes that are shown as MiB.
    private static final long LARGE = 64L << 20;

    private FactLines() {}

    static List<String> of(Map<String, ?> facts) {
        List<String> lines = new ArrayList<>();
        facts.forEach((name, value) -> {
            if (value instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map) {
                for (int i = 0; i < list.size(); i++) {
                    lines.add(line(words(name) + " " + i, list.get(i)));
                }
            } else {
                boolean large = name.endsWith("Bytes") && value instanceof Long bytes && bytes >= LARGE;
                lines.add(large ? line(words(name.replaceAll("Bytes$", "")), ((long) value >> 20) + " MiB")
                        : line(words(name), value));
            }
        });
        return lines;
    }

    private static String line(String name, Object value) {
        String shown = Texts.indented(text(value), NAME_WIDTH + 1);
        return String.format(Locale.ROOT, "%-" + NAME_WIDTH + "s %s", name, shown);
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "none";
            case Double d -> number(d);
            case Boolean b -> b ? "yes" : "no";
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(e -> words(e.getKey().toString()) + " " + text(e.getValue()))
                    .collect(Collectors.joining(", "));
            case int[] ids -> Arrays.toString(ids);
            case List<?> list when list.isEmpty() -> "none";
            case List<?> list -> list.stream().map(FactLines::text).collect(Collectors.joining(", "));
            default -> value.toString();
        };
    }

    /// Three places, or three digits of what is small or large.
    private static String number(double d) {
        double size = Math.abs(d);
        return String.format(Locale.ROOT, size == 0 || size >= 0.01 && size < 1e6 ? "%.3f" : "%.3g", d);
    }

    /// `provingKeyBytes` as "proving key bytes".
    private static String words(String key) {
        return key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT);
    }
}
