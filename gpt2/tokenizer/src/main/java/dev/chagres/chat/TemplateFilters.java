package dev.chagres.chat;

import dev.chagres.chat.TemplateRun.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// The filters, tests and methods that chat templates use; any other is refused by name.
final class TemplateFilters {
    /// Characters that are changed or quoted in a step.
    private static final int MAPPED = 8;

    private final TemplateWork work;
    private final TemplateValues values;

    /// @param work pays for what the filters do
    TemplateFilters(TemplateWork work, TemplateValues values) {
        this.work = work;
        this.values = values;
    }

    /// `value | name(arguments)`.
    Object apply(String name, Object value, List<Object> arguments, Map<String, Object> named) {
        if (!named.isEmpty()) {
            throw unknown("the filter '" + name + "' with " + named.keySet().iterator().next());
        }
        return switch (name) {
            case "trim" -> strip(of(name, value), arguments, true, true);
            case "upper" -> map(of(name, value), Character::toUpperCase);
            case "lower" -> map(of(name, value), Character::toLowerCase);
            case "string" -> TemplateValues.text(value);
            case "safe" -> value;
            case "length", "count" -> length(value);
            case "first" -> edge(name, value, true);
            case "last" -> edge(name, value, false);
            case "list" -> {
                List<?> items = values.items(value);
                work.steps(items.size());
                yield new ArrayList<>(items);
            }
            case "join" -> join(values.items(value),
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
                json(value, json, 0);
                yield MarkedText.foreign(json.toString());
            }
            default -> throw unknown("the filter '" + name + "'");
        };
    }

    /// `value.name(arguments)`.
    Object method(String name, Object value, List<Object> arguments, Map<String, Object> named) {
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
            case "strip" -> strip(text, arguments, true, true);
            case "lstrip" -> strip(text, arguments, true, false);
            case "rstrip" -> strip(text, arguments, false, true);
            case "upper" -> map(text, Character::toUpperCase);
            case "lower" -> map(text, Character::toLowerCase);
            case "startswith" -> text.text().startsWith(read(only(name, arguments)));
            case "endswith" -> text.text().endsWith(read(only(name, arguments)));
            case "split" -> text.split(only(name, arguments).text(), work);
            case "replace" -> replace(name, value, arguments);
            default -> throw unknown("the method '" + name + "'");
        };
    }

    /// `value is name(arguments)`.
    boolean test(String name, Object value, List<Object> arguments) {
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
            case "odd" -> (Long) values.binary("%", value, 2L) == 1;
            case "even" -> (Long) values.binary("%", value, 2L) == 0;
            case "equalto", "eq" -> arguments.size() == 1 && values.equal(value, arguments.getFirst());
            case "in" -> arguments.size() == 1 && (Boolean) values.binary("in", value, arguments.getFirst());
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

    private String read(MarkedText text) {
        work.characters(text.text().length());
        return text.text();
    }

    private MarkedText map(MarkedText text, IntUnaryOperator change) {
        work.steps(text.text().length() / MAPPED);
        return text.map(change);
    }

    private MarkedText strip(MarkedText text, List<Object> arguments, boolean left, boolean right) {
        String set = set(arguments);
        work.search(text.text(), set == null ? "" : set);
        return text.strip(set, left, right);
    }

    /// The characters that strip takes away, or null for blanks.
    private static String set(List<Object> arguments) {
        return arguments.isEmpty() || arguments.getFirst() == null ? null : of("strip", arguments.getFirst()).text();
    }

    private Long length(Object value) {
        return switch (value) {
            case MarkedText text -> (long) read(text).codePointCount(0, text.text().length());
            case List<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case Undefined ignored -> 0L;
            case null, default -> throw TemplateRun.refused("uses 'length' on " + TemplateValues.kind(value));
        };
    }

    private Object edge(String name, Object value, boolean first) {
        List<?> items = values.items(value);
        return items.isEmpty() ? new Undefined(name) : first ? items.getFirst() : items.getLast();
    }

    private MarkedText join(List<?> items, MarkedText separator) {
        work.texts(items.size());
        return MarkedText.join(items.stream().map(TemplateValues::text).toList(), separator, work);
    }

    private MarkedText replace(String name, Object value, List<Object> arguments) {
        if (arguments.size() != 2) {
            throw unknown("'replace' with other than two texts");
        }
        return of(name, value).replace(of(name, arguments.get(0)), of(name, arguments.get(1)), work);
    }

    /// As Python's `json.dumps` without escapes for other than ASCII.
    ///
    /// @param depth of the value inside the one that is written
    private void json(Object value, StringBuilder out, int depth) {
        work.steps(1);
        work.nesting(depth);
        MarkedText.checkLength(out.length());
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Long n -> out.append(n);
            case MarkedText text -> quote(text.text(), out);
            case List<?> list -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i > 0 ? ", " : "");
                    json(list.get(i), out, depth + 1);
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
                    json(entry.getValue(), out, depth + 1);
                    separator = ", ";
                }
                out.append('}');
            }
            default -> throw TemplateRun.refused("writes " + TemplateValues.kind(value) + " as JSON");
        }
    }

    private void quote(String text, StringBuilder out) {
        work.steps(text.length() / MAPPED);
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
                        work.steps(1);
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
