package dev.chagres.chat;

import java.util.ArrayList;
import java.util.List;

/// Cuts a template into text and the words of its tags, with blanks as `trim_blocks` and `lstrip_blocks` have them: a
/// newline after a block tag and blanks before one at the start of a line are no text. So Hugging Face's library reads
/// chat templates.
final class TemplateLexer {
    private static final List<String> OPERATORS = List.of("//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%",
            "~", "<", ">", "=", ".", ",", ":", "|", "(", ")", "[", "]", "{", "}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    /// Line of the char `counted`.
    private int line = 1;
    private int counted;
    /// Whether the place is the start of a line of the template.
    private boolean lineStarts = true;

    /// What a token is.
    enum Kind { TEXT, OUTPUT, BLOCK, TAG_END, NAME, STRING, WHOLE, FRACTION, OPERATOR, END }

    /// @param line of the template, from 1
    record Token(Kind kind, String text, int line) {
        boolean is(String operator) {
            return kind == Kind.OPERATOR && text.equals(operator);
        }

        boolean isName(String name) {
            return kind == Kind.NAME && text.equals(name);
        }
    }

    private TemplateLexer(String source) {
        this.source = source;
    }

    /// @throws ChatException naming the line
    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        TemplateLexer lexer = new TemplateLexer(
                source.endsWith("\n") ? source.substring(0, source.length() - 1) : source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag();
            int end = tag < 0 ? source.length() : tag;
            String text = source.substring(at, end);
            if (tag >= 0) {
                text = beforeTag(text, tag);
            }
            if (!text.isEmpty()) {
                add(Kind.TEXT, text);
            }
            at = end;
            if (tag >= 0) {
                tag();
            }
        }
        add(Kind.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private String beforeTag(String text, int tag) {
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        if (sign == '-') {
            return strippedRight(text, false);
        }
        boolean block = source.charAt(tag + 1) != '{';
        int line = text.lastIndexOf('\n') + 1;
        boolean begins = line > 0 || lineStarts;
        return block && sign != '+' && begins && strippedRight(text.substring(line), true).isEmpty()
                ? text.substring(0, line) : text;
    }

    private static String strippedRight(String text, boolean inLine) {
        int end = text.length();
        while (end > 0 && MarkedText.isBlank(text.charAt(end - 1)) && !(inLine && text.charAt(end - 1) == '\n')) {
            end--;
        }
        return text.substring(0, end);
    }

    private void tag() {
        char kind = source.charAt(at + 1);
        int start = at;
        at += 2;
        if (at < source.length() && "-+".indexOf(source.charAt(at)) >= 0) {
            at++;
        }
        if (kind == '#') {
            int end = source.indexOf("#}", at);
            if (end < 0) {
                throw error("a comment without an end", start);
            }
            at = end;
            afterTag(end > start + 2 && source.charAt(end - 1) == '-' ? '-' : ' ', true);
            return;
        }
        add(kind == '{' ? Kind.OUTPUT : Kind.BLOCK, "");
        String close = kind == '{' ? "}}" : "%}";
        int open = 0;
        while (true) {
            skipBlanks();
            if (at >= source.length()) {
                throw error("a tag without an end", start);
            }
            char sign = source.charAt(at);
            boolean signed = "-+".indexOf(sign) >= 0 && source.startsWith(close, at + 1);
            if (open == 0 && (signed || source.startsWith(close, at))) {
                at += signed ? 1 : 0;
                add(Kind.TAG_END, "");
                afterTag(signed ? sign : ' ', kind == '%');
                return;
            }
            word();
            Token last = tokens.getLast();
            if (last.kind() == Kind.OPERATOR) {
                open += "([{".contains(last.text()) ? 1 : ")]}".contains(last.text()) ? -1 : 0;
            }
        }
    }

    /// Goes on behind the two closing characters and the blanks that belong to them.
    private void afterTag(char sign, boolean trims) {
        at += 2;
        int from = at;
        if (sign == '-') {
            skipBlanks();
        } else if (trims && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarts = at > from && source.charAt(at - 1) == '\n';
    }

    private void word() {
        char c = source.charAt(at);
        int start = at;
        if (c == '\'' || c == '"') {
            add(Kind.STRING, string(c));
        } else if (isDigit(c)) {
            number();
        } else if (c == '_' || Character.isLetter(c)) {
            while (at < source.length() && (source.charAt(at) == '_' || Character.isLetterOrDigit(source.charAt(at)))) {
                at++;
            }
            add(Kind.NAME, source.substring(start, at));
        } else {
            String operator = OPERATORS.stream().filter(o -> source.startsWith(o, at)).findFirst()
                    .orElseThrow(() -> error("the character '" + c + "' in a tag", start));
            at += operator.length();
            add(Kind.OPERATOR, operator);
        }
    }

    private void number() {
        int start = at;
        digits();
        boolean fraction = at + 1 < source.length() && source.charAt(at) == '.' && isDigit(source.charAt(at + 1));
        if (fraction) {
            at++;
            digits();
        }
        String number = source.substring(start, at);
        if (number.length() > 18) {
            throw error("a number of more than 18 characters", start);
        }
        add(fraction ? Kind.FRACTION : Kind.WHOLE, number);
    }

    private void digits() {
        while (at < source.length() && isDigit(source.charAt(at))) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private String string(char quote) {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && at < source.length()) {
                escape(source.charAt(at++), text, start);
            } else {
                text.append(c);
            }
        }
        if (at >= source.length()) {
            throw error("a text without its closing quote", start);
        }
        at++;
        return text.toString();
    }

    private void escape(char c, StringBuilder text, int start) {
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case '\\', '\'', '"' -> text.append(c);
            case '\n' -> {
                // A line that goes on.
            }
            case 'x' -> text.append(hexadecimal(2, start));
            case 'u' -> text.append(hexadecimal(4, start));
            default -> throw error("the escape \\" + c + " is not supported", start);
        }
    }

    private char hexadecimal(int digits, int start) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at < source.length()
                    ? "0123456789abcdef".indexOf(Character.toLowerCase(source.charAt(at))) : -1;
            if (digit < 0) {
                throw error("an escape without its hexadecimal digits", start);
            }
            value = 16 * value + digit;
            at++;
        }
        return (char) value;
    }

    private void skipBlanks() {
        while (at < source.length() && MarkedText.isBlank(source.charAt(at))) {
            at++;
        }
    }

    private void add(Kind kind, String text) {
        for (; counted < at; counted++) {
            line += source.charAt(counted) == '\n' ? 1 : 0;
        }
        tokens.add(new Token(kind, text, line));
    }

    private ChatException error(String cause, int position) {
        long before = source.substring(0, position).chars().filter(c -> c == '\n').count();
        return new ChatException("the chat template, line " + (before + 1) + ": " + cause);
    }
}
