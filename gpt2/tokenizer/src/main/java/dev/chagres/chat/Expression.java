package dev.chagres.chat;

import java.util.List;
import java.util.Map;

/// An expression of a template.
sealed interface Expression {
    /// A constant.
    record Literal(Object value) implements Expression {}

    /// `[a, b]`.
    record Items(List<Expression> items) implements Expression {}

    /// A variable or function.
    record Name(String name) implements Expression {}

    /// `of.name` or `of[key]`.
    record Member(Expression of, Expression key) implements Expression {}

    /// `of[from:to:step]`; null where a part is left out.
    record Slice(Expression of, Expression from, Expression to, Expression step) implements Expression {}

    /// `callee(arguments)`.
    record Call(Expression callee, Arguments arguments) implements Expression {}

    /// `of | name(arguments)`.
    record Filter(Expression of, String name, Arguments arguments) implements Expression {}

    /// `of is name(arguments)`.
    record Test(Expression of, String name, Arguments arguments) implements Expression {}

    /// `not of`.
    record Not(Expression of) implements Expression {}

    /// `-of`.
    record Minus(Expression of) implements Expression {}

    /// `left operator right`; `and` and `or` look at the right side only if they must.
    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /// `then if condition else otherwise`; otherwise may be null.
    record Choice(Expression condition, Expression then, Expression otherwise) implements Expression {}

    /// What stands between the parentheses of a call.
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
