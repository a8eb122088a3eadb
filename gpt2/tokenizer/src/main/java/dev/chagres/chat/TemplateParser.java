package dev.chagres.chat;

import dev.chagres.chat.Expression.Arguments;
import dev.chagres.chat.TemplateLexer.Kind;
import dev.chagres.chat.TemplateLexer.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads a template (Jinja 3): output, `if`, `for`, `set`, `generation` and all expressions but dictionaries. Filters,
/// tests and functions are read by whatever name; one that is not known is refused when a conversation needs it.
final class TemplateParser {
    /// Tags inside each other; chat templates have about five.
    private static final int MAX_DEPTH = 50;
    /// Parts of the expression of one tag, so that none is deeper; chat templates have at most about a hundred.
    private static final int MAX_PARTS = 400;
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    private final List<Token> tokens;
    private int at;
    private int depth;
    private int parts;

    private TemplateParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    /// @throws ChatException naming the line and what is not known there
    static List<Node> parse(String template) {
        TemplateParser parser = new TemplateParser(TemplateLexer.tokens(template));
        List<Node> nodes = parser.nodes(Set.of());
        if (parser.peek().kind() != Kind.END) {
            throw parser.error("the tag " + parser.tokens.get(parser.at + 1).text() + " without a beginning");
        }
        return nodes;
    }

    /// Nodes up to a block tag of one of these names, which is not taken, or to the end.
    private List<Node> nodes(Set<String> ends) {
        if (++depth > MAX_DEPTH) {
            throw error("more than " + MAX_DEPTH + " tags inside each other");
        }
        List<Node> nodes = new ArrayList<>();
        while (peek().kind() != Kind.END) {
            Token token = peek();
            parts = 0;
            if (token.kind() == Kind.TEXT) {
                at++;
                nodes.add(new Node.Text(token.text()));
            } else if (token.kind() == Kind.OUTPUT) {
                at++;
                nodes.add(new Node.Output(expression()));
                tagEnd();
            } else if (ends.contains(tokens.get(at + 1).text()) || tokens.get(at + 1).text().startsWith("end")) {
                break;
            } else {
                at++;
                block(nodes);
            }
        }
        depth--;
        return nodes;
    }

    private void block(List<Node> nodes) {
        Token tag = next();
        switch (tag.text()) {
            case "if" -> nodes.add(condition());
            case "for" -> nodes.add(loop());
            case "set" -> nodes.add(assignment());
            case "generation" -> {
                // Marks what a model is trained to write; nothing to do when a prompt is written.
                tagEnd();
                nodes.addAll(nodes(Set.of()));
                end("endgeneration");
            }
            default -> throw error("the tag '" + tag.text() + "' is not supported");
        }
    }

    /// After `if` or `elif`.
    private Node condition() {
        if (++depth > MAX_DEPTH) {
            throw error("more than " + MAX_DEPTH + " tags inside each other");
        }
        Expression condition = expression();
        tagEnd();
        List<Node> then = nodes(Set.of("elif", "else"));
        List<Node> otherwise = List.of();
        if (takeTag("elif")) {
            otherwise = List.of(condition());
        } else {
            if (takeTag("else")) {
                tagEnd();
                otherwise = nodes(Set.of());
            }
            end("endif");
        }
        depth--;
        return new Node.If(condition, then, otherwise);
    }

    private Node loop() {
        String name = name();
        if (peek().is(",")) {
            throw error("a loop over pairs is not supported");
        }
        word("in");
        Expression items = or();
        Expression filter = takeName("if") ? expression() : null;
        if (peek().isName("recursive")) {
            throw error("a recursive loop is not supported");
        }
        tagEnd();
        List<Node> body = nodes(Set.of("else"));
        List<Node> otherwise = List.of();
        if (takeTag("else")) {
            tagEnd();
            otherwise = nodes(Set.of());
        }
        end("endfor");
        return new Node.For(name, items, filter, body, otherwise);
    }

    private Node assignment() {
        String name = name();
        String member = take(".") ? name() : null;
        if (take("=")) {
            Expression value = expression();
            tagEnd();
            return new Node.Assignment(name, member, value);
        }
        if (member != null || peek().kind() != Kind.TAG_END) {
            throw error("this form of 'set' is not supported");
        }
        tagEnd();
        List<Node> body = nodes(Set.of());
        end("endset");
        return new Node.Capture(name, body);
    }

    private Expression expression() {
        Expression value = or();
        while (takeName("if")) {
            Expression condition = or();
            Expression otherwise = takeName("else") ? expression() : null;
            value = counted(new Expression.Choice(condition, value, otherwise));
        }
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (takeName("or")) {
            left = binary("or", left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (takeName("and")) {
            left = binary("and", left, not());
        }
        return left;
    }

    private Expression not() {
        if (!takeName("not")) {
            return comparison();
        }
        counted(null);
        return new Expression.Not(not());
    }

    private Expression comparison() {
        Expression left = sum();
        Expression result = null;
        while (true) {
            Token token = peek();
            Expression one;
            Expression right;
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                at++;
                right = sum();
                one = binary(token.text(), left, right);
            } else if (takeName("in")) {
                right = sum();
                one = binary("in", left, right);
            } else if (token.isName("not") && tokens.get(at + 1).isName("in")) {
                at += 2;
                right = sum();
                one = counted(new Expression.Not(binary("in", left, right)));
            } else {
                return result == null ? left : result;
            }
            result = result == null ? one : binary("and", result, one);
            left = right;
        }
    }

    private Expression sum() {
        Expression left = joined();
        while (peek().is("+") || peek().is("-")) {
            left = binary(next().text(), left, joined());
        }
        return left;
    }

    private Expression joined() {
        Expression left = product();
        while (take("~")) {
            left = binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = unary();
        while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
            left = binary(next().text(), left, unary());
        }
        return left;
    }

    private Expression unary() {
        return withFilters(signed());
    }

    private Expression signed() {
        if (take("-")) {
            counted(null);
            return new Expression.Minus(signed());
        }
        return withMembers(primary());
    }

    private Expression primary() {
        Token token = next();
        counted(null);
        return switch (token.kind()) {
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (peek().kind() == Kind.STRING) {
                    text.append(next().text());
                }
                yield new Expression.Literal(MarkedText.own(text.toString()));
            }
            case WHOLE -> new Expression.Literal(Long.valueOf(token.text()));
            case FRACTION -> new Expression.Literal(Double.valueOf(token.text()));
            case NAME -> switch (token.text()) {
                case "true", "True" -> new Expression.Literal(true);
                case "false", "False" -> new Expression.Literal(false);
                case "none", "None" -> new Expression.Literal(null);
                default -> new Expression.Name(token.text());
            };
            case OPERATOR -> {
                if (token.text().equals("(")) {
                    Expression inner = nested();
                    if (peek().is(",")) {
                        throw error("a tuple is not supported");
                    }
                    symbol(")");
                    yield inner;
                }
                if (token.text().equals("[")) {
                    yield new Expression.Items(list("]"));
                }
                throw error(token.text().equals("{") ? "a dictionary is not supported"
                        : "'" + token.text() + "' where a value should be");
            }
            default -> throw error("need a value");
        };
    }

    private Expression nested() {
        counted(null);
        return expression();
    }

    private Expression withMembers(Expression value) {
        Expression result = value;
        while (true) {
            if (take(".")) {
                Token member = next();
                if (member.kind() != Kind.NAME && member.kind() != Kind.WHOLE) {
                    throw error("need a name after a dot");
                }
                Object key = member.kind() == Kind.NAME ? MarkedText.own(member.text())
                        : (Object) Long.valueOf(member.text());
                result = counted(new Expression.Member(result, new Expression.Literal(key)));
            } else if (take("[")) {
                result = counted(subscript(result));
            } else if (take("(")) {
                result = counted(new Expression.Call(result, arguments()));
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression of) {
        Expression[] bounds = new Expression[3];
        int colons = 0;
        while (!peek().is("]")) {
            if (take(":")) {
                if (++colons > 2) {
                    throw error("a slice of more than three parts");
                }
            } else if (bounds[colons] != null) {
                throw error("need ']'");
            } else {
                bounds[colons] = nested();
            }
        }
        symbol("]");
        if (colons == 0 && bounds[0] == null) {
            throw error("need a value between the brackets");
        }
        return colons == 0 ? new Expression.Member(of, bounds[0])
                : new Expression.Slice(of, bounds[0], bounds[1], bounds[2]);
    }

    private Expression withFilters(Expression value) {
        Expression result = value;
        while (true) {
            if (take("|")) {
                String name = name();
                result = counted(new Expression.Filter(result, name, take("(") ? arguments() : Arguments.NONE));
            } else if (takeName("is")) {
                boolean negated = takeName("not");
                String name = name();
                Expression test = counted(new Expression.Test(result, name, testArguments()));
                result = negated ? counted(new Expression.Not(test)) : test;
            } else {
                return result;
            }
        }
    }

    /// A test takes arguments in parentheses, or one constant without them.
    private Arguments testArguments() {
        if (take("(")) {
            return arguments();
        }
        Kind kind = peek().kind();
        boolean constant = kind == Kind.STRING || kind == Kind.WHOLE || kind == Kind.FRACTION;
        return constant ? new Arguments(List.of(primary()), Map.of()) : Arguments.NONE;
    }

    /// After the opening parenthesis.
    private Arguments arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!take(")")) {
            if (!positional.isEmpty() || !named.isEmpty()) {
                symbol(",");
            }
            if (peek().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
                String name = name();
                at++;
                named.put(name, nested());
            } else {
                positional.add(nested());
            }
        }
        return new Arguments(positional, named);
    }

    private List<Expression> list(String close) {
        List<Expression> items = new ArrayList<>();
        while (!take(close)) {
            if (!items.isEmpty()) {
                symbol(",");
                if (take(close)) {
                    break;
                }
            }
            items.add(nested());
        }
        return items;
    }

    private Expression binary(String operator, Expression left, Expression right) {
        return counted(new Expression.Binary(operator, left, right));
    }

    private Expression counted(Expression expression) {
        if (++parts > MAX_PARTS) {
            throw error("an expression of more than " + MAX_PARTS + " parts");
        }
        return expression;
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        Token token = tokens.get(at);
        if (token.kind() != Kind.END) {
            at++;
        }
        return token;
    }

    private boolean take(String operator) {
        boolean here = peek().is(operator);
        at += here ? 1 : 0;
        return here;
    }

    private boolean takeName(String name) {
        boolean here = peek().isName(name);
        at += here ? 1 : 0;
        return here;
    }

    /// Takes a block tag's beginning and name.
    private boolean takeTag(String name) {
        boolean here = peek().kind() == Kind.BLOCK && tokens.get(at + 1).isName(name);
        at += here ? 2 : 0;
        return here;
    }

    private void end(String name) {
        if (!takeTag(name)) {
            throw error("need the tag '" + name + "'");
        }
        tagEnd();
    }

    private void tagEnd() {
        if (next().kind() != Kind.TAG_END) {
            at--;
            throw error("'" + peek().text() + "' where the tag should end");
        }
    }

    private void symbol(String operator) {
        if (!take(operator)) {
            throw error("need '" + operator + "'");
        }
    }

    private void word(String name) {
        if (!takeName(name)) {
            throw error("need '" + name + "'");
        }
    }

    private String name() {
        Token token = next();
        if (token.kind() != Kind.NAME) {
            throw error("need a name");
        }
        return token.text();
    }

    private ChatException error(String cause) {
        return new ChatException(
                "the chat template, line " + tokens.get(Math.min(at, tokens.size() - 1)).line() + ": " + cause);
    }
}
