package dev.chagres.chat;

import dev.chagres.chat.TemplateRun.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The filters, tests and methods that chat templates use; any other is refused by name.
final class TemplateFilters {
    private TemplateFilters() {}

    /// `value | name(arguments)`.
    static Object apply(String name, Object value, List<Object> arguments, Map<String, Object> named) {
        if (!named.isEmpty()) {
            throw unknown("the filter '" + name + "' with " + named.keySet().iterator().next());
        }
        return switch (name) {
            case "trim" -> of(name, value).strip(set(arguments), true, true);
            case "upper" -> of(name, value).map(Character::toUpperCase);
            case "lower" -> of(name, value).map(Character::toLowerCase);
            case "string" -> TemplateValues.text(value);
            case "safe" -> value;
            case "length", "count" -> length(value);
            case "first" -> edge(name, value, true);
            case "last" -> edge(name, value, false);
            case "list" -> new ArrayList<>(TemplateValues.items(value));
            case "join" -> join(TemplateValues.items(value),
                    arguments.isEmpty() ? MarkedText.EMPTY : of(name, arguments.getFirst()));
            case "default", "d" -> {
                boolean falseToo = arguments.size() > 1 && TemplateValues.isTrue(arguments.get(1));
                boolean missing = value instanceof Undefined || falseToo && !TemplateValues.isTrue(value);
                yield !missing ? value : arguments.isEmpty() ? MarkedText.EMPTY : arguments.getFirst();
            }
            case "replace" -> replace(name, value, arguments);
            case "tojson" -> {
                if (!arguments.isEmpty()) {
                    throw unknown("the filter 'tojson' with arguments");
                }
                StringBuilder json = new StringBuilder();
                json(value, json);
                yield MarkedText.foreign(json.toString());
            }
            default -> throw unknown("the filter '" + name + "'");
        };
    }

    /// `value.name(arguments)`.
    static Object method(String name, Object value, List<Object> arguments, Map<String, Object> named) {
        if (!named.isEmpty()) {
            throw unknown("the method '" + name + "' with " + named.keySet().iterator().next());
        }
        if (value instanceof Map<?, ?> map && name.equals("get") && !arguments.isEmpty()) {
            String key = of(name, arguments.getFirst()).text();
            return map.containsKey(key) ? map.get(key) : arguments.size() > 1 ? arguments.get(1) : null;
        }
        if (!(value instanceof MarkedText text)) {
            throw unknown("the method '" + name + "' of " + TemplateValues.kind(value));
        }
        return switch (name) {
            case "strip" -> text.strip(set(arguments), true, true);
            case "lstrip" -> text.strip(set(arguments), true, false);
            case "rstrip" -> text.strip(set(arguments), false, true);
            case "upper" -> text.map(Character::toUpperCase);
            case "lower" -> text.map(Character::toLowerCase);
            case "startswith" -> text.text().startsWith(only(name, arguments).text());
            case "endswith" -> text.text().endsWith(only(name, arguments).text());
            case "split" -> text.split(only(name, arguments).text());
            case "replace" -> replace(name, value, arguments);
            default -> throw unknown("the method '" + name + "'");
        };
    }

    /// `value is name(arguments)`.
    static boolean test(String name, Object value, List<Object> arguments) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "string" -> value instanceof MarkedText;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "mapping" -> value instanceof Map;
            case "iterable" -> value instanceof MarkedText || value instanceof List || value instanceof Map
                    || value instanceof Undefined;
            case "sequence" -> value instanceof MarkedText || value instanceof List || value instanceof Map;
            case "odd" -> (Long) TemplateValues.binary("%", value, 2L) == 1;
            case "even" -> (Long) TemplateValues.binary("%", value, 2L) == 0;
            case "equalto", "eq" -> arguments.size() == 1 && TemplateValues.equal(value, arguments.getFirst());
            case "in" -> arguments.size() == 1 && (Boolean) TemplateValues.binary("in", value, arguments.getFirst());
            default -> throw unknown("the test '" + name + "'");
        };
    }

    private static MarkedText of(String name, Object value) {
        return switch (value) {
            case MarkedText text -> text;
            case Undefined ignored -> MarkedText.EMPTY;
            case null, default -> throw TemplateRun.refused("uses '" + name + "' on " + TemplateValues.kind(value));
        };
    }

    private static MarkedText only(String name, List<Object> arguments) {
        if (arguments.size() == 1 && arguments.getFirst() instanceof MarkedText text) {
            return text;
        }
        throw unknown("the method '" + name + "' with other than one text");
    }

    /// The characters that strip takes away, or null for blanks.
    private static String set(List<Object> arguments) {
        return arguments.isEmpty() || arguments.getFirst() == null ? null : of("strip", arguments.getFirst()).text();
    }

    private static Long length(Object value) {
        return switch (value) {
            case MarkedText text -> (long) text.text().codePointCount(0, text.text().length());
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case Undefined ignored -> 0L;
            case null, default -> throw TemplateRun.refused("uses 'length' on " + TemplateValues.kind(value));
        };
    }

    private static Object edge(String name, Object value, boolean first) {
        List<?> items = TemplateValues.items(value);
        return items.isEmpty() ? new Undefined(name) : first ? items.getFirst() : items.getLast();
    }

    private static MarkedText join(List<?> items, MarkedText separator) {
        MarkedText joined = MarkedText.EMPTY;
        for (int i = 0; i < items.size(); i++) {
            joined = i == 0 ? TemplateValues.text(items.get(i))
                    : joined.plus(separator).plus(TemplateValues.text(items.get(i)));
        }
        return joined;
    }

    private static MarkedText replace(String name, Object value, List<Object> arguments) {
        if (arguments.size() != 2) {
            throw unknown("'replace' with other than two texts");
        }
        return of(name, value).replace(of(name, arguments.get(0)), of(name, arguments.get(1)));
    }

    /// As Python's `json.dumps` without escapes for other than ASCII.
    private static void json(Object value, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Long n -> out.append(n);
            case MarkedText text -> quote(text.text(), out);
            case List<?> list -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i > 0 ? ", " : "");
                    json(list.get(i), out);
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                String separator = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.append(separator);
                    quote((String) entry.getKey(), out);
                    out.append(": ");
                    json(entry.getValue(), out);
                    separator = ", ";
                }
                out.append('}');
            }
            default -> throw TemplateRun.refused("writes " + TemplateValues.kind(value) + " as JSON");
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static ChatException unknown(String what) {
        return TemplateRun.refused("uses " + what + ", which is not supported");
    }
}
