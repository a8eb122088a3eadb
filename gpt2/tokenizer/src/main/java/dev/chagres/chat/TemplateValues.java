package dev.chagres.chat;

import dev.chagres.chat.TemplateRun.Namespace;
import dev.chagres.chat.TemplateRun.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What operators do with the values of a template, as Python and Jinja have it.
final class TemplateValues {
    private final TemplateWork work;

    /// @param work pays for what the operators do
    TemplateValues(TemplateWork work) {
        this.work = work;
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined ignored -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double d -> d != 0;
            case MarkedText text -> !text.isEmpty();
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /// A value as it is written.
    static MarkedText text(Object value) {
        return switch (value) {
            case null -> MarkedText.own("None");
            case Undefined ignored -> MarkedText.EMPTY;
            case Boolean b -> MarkedText.own(b ? "True" : "False");
            case Long n -> MarkedText.own(n.toString());
            case MarkedText text -> text;
            default -> throw TemplateRun.refused("writes " + kind(value) + ", which is not supported");
        };
    }

    /// For messages.
    static String kind(Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined u -> "'" + u.name() + "', which is not defined";
            case Boolean ignored -> "a truth value";
            case Long ignored -> "a whole number";
            case Double ignored -> "a fraction";
            case MarkedText ignored -> "a text";
            case List<?> ignored -> "a list";
            case Map<?, ?> ignored -> "a map";
            default -> "a namespace";
        };
    }

    /// What a loop goes through.
    List<?> items(Object value) {
        return switch (value) {
            case List<?> list -> list;
            case Undefined ignored -> List.of();
            case Map<?, ?> map -> map.keySet().stream().map(name -> MarkedText.foreign((String) name)).toList();
            case null, default -> throw TemplateRun.refused("goes through " + kind(value));
        };
    }

    Object member(Object of, Object key) {
        if (of instanceof Undefined) {
            throw TemplateRun.refused("takes a member of " + kind(of));
        }
        Map<?, ?> members = of instanceof Namespace space ? space.members() : of instanceof Map<?, ?> map ? map : null;
        if (members != null && key instanceof MarkedText name && members.containsKey(name.text())) {
            return members.get(name.text());
        }
        if (of instanceof List<?> list && key instanceof Long at) {
            long index = at < 0 ? at + list.size() : at;
            if (index >= 0 && index < list.size()) {
                return list.get((int) index);
            }
        }
        if (of instanceof MarkedText text && key instanceof Long at) {
            long index = at < 0 ? at + text.text().length() : at;
            if (index >= 0 && index < text.text().length()) {
                return text.part((int) index, (int) index + 1);
            }
        }
        return new Undefined(key instanceof MarkedText || key instanceof Long ? key.toString() : "a member");
    }

    /// Python's slice; null bounds are left out.
    Object slice(Object of, Long from, Long to, Long step) {
        long by = step == null ? 1 : step;
        if (by != 1 && by != -1) {
            throw TemplateRun.refused("slices with step " + by + ", which is not supported");
        }
        if (!(of instanceof List<?>) && !(of instanceof MarkedText)) {
            throw TemplateRun.refused("slices " + kind(of));
        }
        int size = of instanceof List<?> list ? list.size() : ((MarkedText) of).text().length();
        if (by == 1) {
            int start = bound(from, 0, size, 0, size);
            int end = Math.max(start, bound(to, size, size, 0, size));
            if (of instanceof List<?> list) {
                work.steps((long) end - start);
                return new ArrayList<>(list.subList(start, end));
            }
            work.characters((long) end - start);
            return ((MarkedText) of).part(start, end);
        }
        if (!(of instanceof List<?> list)) {
            throw TemplateRun.refused("slices a text backwards, which is not supported");
        }
        work.steps(size);
        List<Object> reversed = new ArrayList<>();
        int end = bound(to, -1, size, -1, size - 1);
        for (int i = bound(from, size - 1, size, -1, size - 1); i > end; i--) {
            reversed.add(list.get(i));
        }
        return reversed;
    }

    private static int bound(Long given, int otherwise, int size, int least, int most) {
        if (given == null) {
            return otherwise;
        }
        long place = given < 0 ? given + size : given;
        return Math.clamp(place, least, Math.max(least, most));
    }

    Object binary(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "<" -> compare(left, right) < 0;
            case ">" -> compare(left, right) > 0;
            case "<=" -> compare(left, right) <= 0;
            case ">=" -> compare(left, right) >= 0;
            case "in" -> isIn(left, right);
            case "~" -> joined(text(left), text(right));
            case "+" -> sum(left, right);
            default -> arithmetic(operator, left, right);
        };
    }

    boolean equal(Object left, Object right) {
        return equal(left, right, 0);
    }

    /// @param depth of the values inside those that are compared
    private boolean equal(Object left, Object right, int depth) {
        work.steps(1);
        work.nesting(depth);
        if (left instanceof MarkedText a && right instanceof MarkedText b) {
            work.characters(Math.min(a.text().length(), b.text().length()));
            return a.text().equals(b.text());
        }
        if (left instanceof Number a && right instanceof Number b) {
            return a.doubleValue() == b.doubleValue();
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            boolean same = a.size() == b.size();
            for (int i = 0; same && i < a.size(); i++) {
                same = equal(a.get(i), b.get(i), depth + 1);
            }
            return same;
        }
        if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
            boolean same = a.keySet().equals(b.keySet());
            Iterator<?> names = a.keySet().iterator();
            while (same && names.hasNext()) {
                Object name = names.next();
                same = equal(a.get(name), b.get(name), depth + 1);
            }
            return same;
        }
        // Others are constants, or namespaces, of which each equals itself alone.
        return left instanceof Undefined && right instanceof Undefined || Objects.equals(left, right);
    }

    private int compare(Object left, Object right) {
        if (left instanceof MarkedText a && right instanceof MarkedText b) {
            work.characters(Math.min(a.text().length(), b.text().length()));
            return a.text().compareTo(b.text());
        }
        if (left instanceof Number a && right instanceof Number b) {
            return Double.compare(a.doubleValue(), b.doubleValue());
        }
        throw TemplateRun.refused("compares " + kind(left) + " with " + kind(right));
    }

    private boolean isIn(Object item, Object of) {
        return switch (of) {
            case MarkedText text when item instanceof MarkedText part -> {
                work.search(text.text(), part.text());
                yield text.text().contains(part.text());
            }
            case List<?> list -> list.stream().anyMatch(other -> equal(item, other));
            case Map<?, ?> map -> item instanceof MarkedText name && map.containsKey(name.text());
            case Undefined ignored -> false;
            case null, default -> throw TemplateRun.refused("seeks " + kind(item) + " in " + kind(of));
        };
    }

    private Object sum(Object left, Object right) {
        if (left instanceof MarkedText a && right instanceof MarkedText b) {
            return joined(a, b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            work.steps((long) a.size() + b.size());
            List<Object> both = new ArrayList<>(a);
            both.addAll(b);
            return both;
        }
        return arithmetic("+", left, right);
    }

    private MarkedText joined(MarkedText left, MarkedText right) {
        work.characters((long) left.text().length() + right.text().length());
        return left.plus(right);
    }

    private static Object arithmetic(String operator, Object left, Object right) {
        if (!(left instanceof Long a) || !(right instanceof Long b)) {
            throw TemplateRun.refused("computes " + kind(left) + " " + operator + " " + kind(right));
        }
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> throw TemplateRun.refused("uses the operator " + operator + ", which is not supported");
            };
        } catch (ArithmeticException e) {
            throw TemplateRun.refused("computes " + a + " " + operator + " " + b);
        }
    }
}
