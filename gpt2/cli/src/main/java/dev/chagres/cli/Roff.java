package dev.chagres.cli;

import java.util.Locale;

/// Text in the language of manual pages, with the macros of man(7). Plain text is escaped, so that none of it is taken
/// for a request, an escape or a typographic sign.
final class Roff {
    private static final String ROMAN = "\\fR";
    private final StringBuilder page = new StringBuilder();

    /// A macro with plain arguments.
    Roff macro(String name, String... arguments) {
        page.append('.').append(name);
        for (String argument : arguments) {
            page.append(" \"").append(escape(argument)).append('"');
        }
        page.append('\n');
        return this;
    }

    /// A request of roff itself, as it stands.
    Roff request(String request) {
        page.append('.').append(request).append('\n');
        return this;
    }

    /// A line of plain text; none where it is blank.
    Roff text(String plain) {
        return line(escape(plain));
    }

    /// A line of text that is escaped already.
    Roff line(String escaped) {
        String line = escaped.strip(); // a blank at the start, or nothing at all, would break the paragraph
        if (!line.isEmpty()) {
            page.append(line.startsWith(".") ? "\\&" : "").append(line).append('\n');
        }
        return this;
    }

    static String bold(String plain) {
        return "\\fB" + escape(plain) + ROMAN;
    }

    static String italic(String plain) {
        return "\\fI" + escape(plain) + ROMAN;
    }

    /// Plain text as it stands inside a line: ASCII, without what roff would change or obey. Only a dot at the start of
    /// a line is left to [#line(String)].
    static String escape(String plain) {
        StringBuilder escaped = new StringBuilder();
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> escaped.append("\\e");
                case '-' -> escaped.append("\\-"); // a bare one is a hyphen, not what one types
                case '\'' -> escaped.append("\\(aq");
                case '"' -> escaped.append("\\(dq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                default -> escaped.append(other(c));
            }
        });
        return escaped.toString();
    }

    private static String other(int c) {
        if (Character.isWhitespace(c) || Character.isISOControl(c)) {
            return " ";
        }
        return c < 128 ? Character.toString(c) : String.format(Locale.ROOT, "\\[u%04X]", c);
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
