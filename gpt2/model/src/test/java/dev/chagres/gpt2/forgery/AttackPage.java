package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.forgery.AttackMatrix.Row;
import dev.chagres.gpt2.forgery.Lie.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// Writes docs/attacks.md.
final class AttackPage {
    private static final String INTRODUCTION = """
            # Attacks

            Forgeries that are told to the verifier, and what catches them. `AttackMatrixTest` writes this page and fails when
            it is not what comes out, when a lie is accepted, and when a lie is caught by something else than what it
            violates:

            ```
            mvn test-compile surefire:test@default-test -pl gpt2 -am -Dtest=AttackMatrixTest \\
                -Dsurefire.failIfNoSpecifiedTests=false -Dchagres.attacks=write
            ```

            Every lie below is a proof of its own, of a model with one layer, four heads of 5 channels and a width of 20. The
            prover asserts nothing and goes on as consistently as it can. The verifier stops at the first check that fails, so
            a second one reads the same proof to the end and lists everything that is false: a lie must be rejected for what
            it violates, not for something that the forger forgot. Names with a slash are sumchecks or checks, the others
            lookups with a tuple that is not in their table.

            `-Dchagres.attacks=all` tells the lies at many more places and about three more models (no page is written then).
            """;

    private AttackPage() {}

    static String of(List<Row> rows, List<SaidLies.Row> messages, List<SaidLies.Row> values, List<SaidLies.Row> adaptive,
            List<SaidLies.Row> claims) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append(AttackCoverage.page());
        page.append("""

                ## Values changed alone

                One value of a column is changed: by 1 and by -1 after the lookups are counted, and by 2^29 before. The cells
                are the first check that fails.

                | column | + 1 | - 1 | + 2^29 |
                | --- | --- | --- | --- |
                """);
        Map<String, StringJoiner> alone = new LinkedHashMap<>();
        rows.stream().filter(r -> r.lie().kind() == Kind.ALONE || r.lie().kind() == Kind.FAR).forEach(r -> alone
                .computeIfAbsent(name(r), n -> new StringJoiner(" | ", "| " + n + " | ", " |\n")).add(r.outcome().check()));
        alone.values().forEach(page::append);
        page.append("""

                ## Consistent lies

                A value is changed, and everything that follows from it is computed again: in its operation, so that all
                relations hold at least modulo p, and in all later operations. Lookups are counted from the changed values.
                One thing is false then.

                | column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.CONTINUED);
        page.append("""

                ## Values at the wrong place

                Two positions of a lookup exchange everything that is looked up there, and other lookups of the same values
                exchange theirs: every table and every multiplicity stays right, and relations between values have to notice.
                Later operations are not computed again, so that theirs may notice as well.

                | lookup or column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.EXCHANGED);
        page.append("""

                ## Adaptive sumchecks

                For every sumcheck, values exchanged as above so that it is false; at its end, and at the end of every other
                one that is false now, one value is chosen so that the last check holds. What is left are false claims about
                committed columns, and the opening.

                | sumcheck | exchanged | check |
                | --- | --- | --- |
                """);
        adaptive.forEach(r -> page.append(line(r.subject(), r.what(), String.join(", ", r.checks()))));
        page.append("""

                ## Multiplicities

                | column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.COUNT);
        page.append("""

                ## Opened values

                The first value that is said about a column or a virtual tensor is one too large, and the prover goes on with it.

                | column or tensor | first check |
                | --- | --- |
                """);
        values.forEach(r -> page.append(line(r.subject(), String.join(", ", r.checks()))));
        page.append("""

                ## Claims

                Every column that claims are about. For every fourth, the opening proves other claims than those that arose:
                the first one about the column is missing, or about another point or tile.

                | column | claims | lie about the first | check |
                | --- | --- | --- | --- |
                """);
        claims.forEach(r -> page.append(line(r.subject(), r.what(), String.join(", ", r.checks()))));
        page.append("""

                ## Messages

                Before a message is absorbed, its first number is made one too large (the bits of a digest are flipped), the
                first and the last time that it is sent; or a zero is appended, or its last number dropped, the first time.
                The prover absorbs what it sends, and goes on.

                | message | times sent | checks, number changed | checks, length changed |
                | --- | --- | --- | --- |
                """);
        messages.forEach(r -> page.append(line(r.subject(), r.what(), String.join(", ", r.checks()))));
        return page.toString();
    }

    private static String line(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String name(Row r) {
        return r.lie().operation().equals("tables") ? r.lie().column() : r.lie().operation() + "." + r.lie().column();
    }

    private static void table(StringBuilder page, List<Row> rows, Kind kind) {
        rows.stream().filter(r -> r.lie().kind() == kind).forEach(r -> page.append(line(name(r), r.lie().what(),
                r.outcome().check(), String.join(", ", r.outcome().violated()))));
    }
}
