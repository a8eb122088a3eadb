package dev.chagres.chat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Renders a template once. Values are texts, whole numbers ([Long]), fractions ([Double]), truth values, lists, maps
/// with names, null (`none`) and [Undefined]; rules are Python's and Jinja's.
final class TemplateRun {
    /// Steps of one item of a loop, for the variables that the loop makes for it.
    private static final int LOOP_STEPS = 16;

    private static final Set<String> FUNCTIONS = Set.of("raise_exception", "namespace", "range");

    /// The value of a name that nothing has.
    record Undefined(String name) {}

    /// What `namespace()` makes: members that loops may set. No record, as a namespace may hold itself: each equals
    /// itself alone.
    static final class Namespace {
        private final Map<String, Object> members;

        Namespace(Map<String, Object> members) {
            this.members = members;
        }

        Map<String, Object> members() {
            return members;
        }
    }

    /// Variables, the innermost loop first.
    private final Deque<Map<String, Object>> scopes = new ArrayDeque<>();
    private StringBuilder text = new StringBuilder();
    private StringBuilder marks = new StringBuilder();
    private final TemplateWork work = new TemplateWork();
    private final TemplateValues values = new TemplateValues(work);
    private final TemplateFilters filters = new TemplateFilters(work, values);

    /// @param names the variables that the template is given
    TemplateRun(Map<String, Object> names) {
        scopes.push(new HashMap<>(names));
    }

    MarkedText render(List<Node> template) {
        scopes.push(new HashMap<>());
        run(template);
        return new MarkedText(text.toString(), marks.toString());
    }

    private void run(List<Node> nodes) {
        for (Node node : nodes) {
            work.steps(1);
            switch (node) {
                case Node.Text t -> write(MarkedText.own(t.text()));
                case Node.Output output -> write(TemplateValues.text(value(output.value())));
                case Node.If branch -> run(isTrue(branch.condition()) ? branch.then() : branch.otherwise());
                case Node.For loop -> loop(loop);
                case Node.Assignment set -> assign(set);
                case Node.Capture capture -> capture(capture);
            }
        }
    }

    private void write(MarkedText part) {
        work.characters(part.text().length());
        MarkedText.checkLength((long) text.length() + part.text().length());
        text.append(part.text());
        marks.append(part.marks());
    }

    private void assign(Node.Assignment set) {
        Object value = value(set.value());
        if (set.member() == null) {
            scopes.peek().put(set.name(), value);
        } else if (lookUp(set.name()) instanceof Namespace space) {
            space.members().put(set.member(), value);
        } else {
            throw refused("sets a member of '" + set.name() + "', which is no namespace");
        }
    }

    private void capture(Node.Capture capture) {
        StringBuilder outerText = text;
        StringBuilder outerMarks = marks;
        text = new StringBuilder();
        marks = new StringBuilder();
        run(capture.body());
        work.characters(text.length());
        MarkedText captured = new MarkedText(text.toString(), marks.toString());
        text = outerText;
        marks = outerMarks;
        scopes.peek().put(capture.name(), captured);
    }

    private void loop(Node.For loop) {
        List<Object> items = new ArrayList<>();
        for (Object item : values.items(value(loop.items()))) {
            work.steps(1);
            scopes.push(new HashMap<>());
            scopes.peek().put(loop.name(), item);
            if (loop.filter() == null || isTrue(loop.filter())) {
                items.add(item);
            }
            scopes.pop();
        }
        if (items.isEmpty()) {
            run(loop.otherwise());
        }
        for (int i = 0; i < items.size(); i++) {
            scopes.push(new HashMap<>());
            work.steps(LOOP_STEPS);
            scopes.peek().put(loop.name(), items.get(i));
            scopes.peek().put("loop", loopFacts(items, i));
            run(loop.body());
            scopes.pop();
        }
    }

    private static Map<String, Object> loopFacts(List<Object> items, int i) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("index", i + 1L);
        facts.put("index0", (long) i);
        facts.put("revindex", (long) items.size() - i);
        facts.put("revindex0", (long) items.size() - i - 1);
        facts.put("first", i == 0);
        facts.put("last", i == items.size() - 1);
        facts.put("length", (long) items.size());
        facts.put("previtem", i > 0 ? items.get(i - 1) : new Undefined("loop.previtem"));
        facts.put("nextitem", i + 1 < items.size() ? items.get(i + 1) : new Undefined("loop.nextitem"));
        return facts;
    }

    private boolean isTrue(Expression condition) {
        return TemplateValues.isTrue(value(condition));
    }

    private Object lookUp(String name) {
        for (Map<String, Object> scope : scopes) {
            work.steps(1);
            if (scope.containsKey(name)) {
                return scope.get(name);
            }
        }
        return new Undefined(name);
    }

    private Object value(Expression expression) {
        work.steps(1);
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Items list -> values(list.items());
            case Expression.Name name -> lookUp(name.name());
            case Expression.Member member -> values.member(value(member.of()), value(member.key()));
            case Expression.Slice slice -> values.slice(
                    value(slice.of()), bound(slice.from()), bound(slice.to()), bound(slice.step()));
            case Expression.Call call -> call(call);
            case Expression.Filter filter -> filters.apply(
                    filter.name(), value(filter.of()), values(filter.arguments()), named(filter.arguments()));
            case Expression.Test test -> test(test);
            case Expression.Not not -> !isTrue(not.of());
            case Expression.Minus minus -> values.binary("-", 0L, value(minus.of()));
            case Expression.Choice choice -> isTrue(choice.condition()) ? value(choice.then())
                    : choice.otherwise() == null ? new Undefined("the other case") : value(choice.otherwise());
            case Expression.Binary binary -> binary(binary);
        };
    }

    private Long bound(Expression bound) {
        Object value = bound == null ? null : value(bound);
        if (value == null || value instanceof Long) {
            return (Long) value;
        }
        throw refused("slices at " + TemplateValues.kind(value));
    }

    private List<Object> values(List<Expression> expressions) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(e -> values.add(value(e)));
        return values;
    }

    private List<Object> values(Expression.Arguments arguments) {
        return values(arguments.positional());
    }

    private Map<String, Object> named(Expression.Arguments arguments) {
        Map<String, Object> named = new LinkedHashMap<>();
        arguments.named().forEach((name, e) -> named.put(name, value(e)));
        return named;
    }

    private Object binary(Expression.Binary binary) {
        Object left = value(binary.left());
        return switch (binary.operator()) {
            case "and" -> TemplateValues.isTrue(left) ? value(binary.right()) : left;
            case "or" -> TemplateValues.isTrue(left) ? left : value(binary.right());
            default -> values.binary(binary.operator(), left, value(binary.right()));
        };
    }

    private Object call(Expression.Call call) {
        Map<String, Object> named = named(call.arguments());
        List<Object> arguments = values(call.arguments());
        if (call.callee() instanceof Expression.Member member
                && member.key() instanceof Expression.Literal(MarkedText name)) {
            return filters.method(name.text(), value(member.of()), arguments, named);
        }
        if (!(call.callee() instanceof Expression.Name function)) {
            throw refused("calls what is no function");
        }
        switch (function.name()) {
            case "raise_exception" -> {
                String message = arguments.isEmpty() ? "" : TemplateValues.text(arguments.getFirst()).text();
                throw new ChatException("the chat template refuses this conversation: " + message);
            }
            case "namespace" -> {
                return new Namespace(named);
            }
            case "range" -> {
                return range(arguments);
            }
            default -> throw refused("calls the function '" + function.name() + "', which is not supported");
        }
    }

    private List<Object> range(List<Object> arguments) {
        if (arguments.isEmpty() || arguments.size() > 2 || !arguments.stream().allMatch(Long.class::isInstance)) {
            throw refused("calls range with other than one or two whole numbers");
        }
        long from = arguments.size() == 1 ? 0 : (Long) arguments.getFirst();
        long to = (Long) arguments.getLast();
        List<Object> numbers = new ArrayList<>();
        for (long i = from; i < to; i++) {
            work.steps(1);
            numbers.add(i);
        }
        return numbers;
    }

    private boolean test(Expression.Test test) {
        if (test.of() instanceof Expression.Name(String name) && FUNCTIONS.contains(name)) {
            return test.name().equals("defined");
        }
        return filters.test(test.name(), value(test.of()), values(test.arguments()));
    }

    static ChatException refused(String cause) {
        return new ChatException("the chat template " + cause);
    }
}
