package dev.chagres.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Writes values as JSON (RFC 8259): maps and records as objects, collections and int arrays as arrays, texts, numbers,
/// truth values and null; an empty optional is null. A library would take longer to load than a proof takes to verify.
final class JsonText {
    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();
    private final boolean pretty;
    private int depth;

    private JsonText(boolean pretty) {
        this.pretty = pretty;
    }

    /// @param pretty an object over several lines, each key on one; arrays of numbers stay on a line
    /// @throws IllegalArgumentException for a value of another kind
    static String of(Object value, boolean pretty) {
        JsonText json = new JsonText(pretty);
        json.write(value);
        return json.text.toString();
    }

    private void write(Object value) {
        switch (value) {
            case null -> text.append("null");
            case String s -> quote(s);
            case Boolean b -> text.append(b.booleanValue());
            case Double d -> text.append(Double.isFinite(d) ? d.toString() : "null"); // JSON has no NaN
            case Integer n -> text.append(n.intValue());
            case Long n -> text.append(n.longValue());
            case OptionalDouble d -> write(d.isPresent() ? (Double) d.getAsDouble() : null);
            case Optional<?> o -> write(o.orElse(null));
            case int[] ids -> array(IntStream.of(ids).boxed().toList());
            case Collection<?> list -> array(list);
            case Map<?, ?> map -> object(map);
            case Record r -> object(components(r));
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private static Map<String, Object> components(Record r) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent c : r.getClass().getRecordComponents()) {
            try {
                c.getAccessor().setAccessible(true);
                map.put(c.getName(), c.getAccessor().invoke(r));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalArgumentException("no JSON for " + r.getClass(), e);
            }
        }
        return map;
    }

    private void object(Map<?, ?> map) {
        if (map.isEmpty()) {
            text.append(pretty ? "{ }" : "{}");
            return;
        }
        text.append('{');
        depth++;
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext();) {
            Map.Entry<?, ?> entry = entries.next();
            line();
            quote((String) entry.getKey());
            text.append(pretty ? " : " : ":");
            write(entry.getValue());
            if (entries.hasNext()) {
                text.append(',');
            }
        }
        depth--;
        line();
        text.append('}');
    }

    private void array(Collection<?> values) {
        text.append('[');
        String separator = pretty ? " " : "";
        for (Object value : values) {
            text.append(separator);
            write(value);
            separator = pretty ? ", " : ",";
        }
        text.append(pretty ? " ]" : "]");
    }

    private void line() {
        if (pretty) {
            text.append(System.lineSeparator()).append(INDENT.repeat(depth));
        }
    }

    private void quote(String s) {
        text.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < ' ') {
                        text.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
