package dev.chagres.chat;

import java.util.List;

/// A part of a template.
sealed interface Node {
    /// Text that is copied.
    record Text(String text) implements Node {}

    /// `{{ value }}`.
    record Output(Expression value) implements Node {}

    /// `{% if %}`, `{% elif %}`, `{% else %}`.
    record If(Expression condition, List<Node> then, List<Node> otherwise) implements Node {}

    /// `{% for name in items if filter %}`; filter may be null.
    record For(String name, Expression items, Expression filter, List<Node> body, List<Node> otherwise)
            implements Node {}

    /// `{% set name = value %}` or `{% set name.member = value %}`; member may be null.
    record Assignment(String name, String member, Expression value) implements Node {}

    /// `{% set name %}body{% endset %}`.
    record Capture(String name, List<Node> body) implements Node {}
}
