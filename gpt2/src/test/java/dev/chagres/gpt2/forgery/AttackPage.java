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

            Written by `AttackMatrixTest`, which fails when this page is not what comes out; `mvn test -pl gpt2 -am
            -Dtest=AttackMatrixTest -Dsurefire.failIfNoSpecifiedTests=false -Dchagres.attacks=write` writes it.

            Every lie below is told in a proof of its own, of a model with one layer, four heads of 5 channels and a width of 20. The prover
            asserts nothing and goes on as consistently as it can. The verifier stops at the first check that fails, so a second one
            reads the same proof to the end and lists everything that is false: a lie must be rejected by what it violates, not by something
            that the forger forgot.
            """;

    private AttackPage() {}

    static String of(List<Row> rows) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("""

                ## Values changed alone

                One value of a column is changed: by 1 and by -1 after the lookups are counted, and by 2^29 before. The cells are the first
                check that fails.

                | column | + 1 | - 1 | + 2^29 |
                | --- | --- | --- | --- |
                """);
        Map<String, StringJoiner> alone = new LinkedHashMap<>();
        rows.stream().filter(r -> r.lie().kind() == Kind.ALONE || r.lie().kind() == Kind.FAR).forEach(r -> alone
                .computeIfAbsent(name(r), n -> new StringJoiner(" | ", "| " + n + " | ", " |\n")).add(r.outcome().check()));
        alone.values().forEach(page::append);
        page.append("""

                ## Consistent lies

                A value is changed, and everything that follows from it is computed again: in its operation, so that all relations hold
                at least modulo p, and in all later operations. Lookups are counted from the changed values. What is false is then one thing.

                | column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.CONTINUED);
        page.append("""

                ## Values at the wrong place

                Two positions of a lookup exchange everything that is looked up there: every table and every multiplicity stays right, and the
                relations between values have to notice. Later operations are not computed again, so theirs may notice as well.

                | lookup or column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.EXCHANGED);
        page.append("""

                ## Multiplicities

                | column | lie | first check | false |
                | --- | --- | --- | --- |
                """);
        table(page, rows, Kind.COUNT);
        return page.toString();
    }

    private static String name(Row r) {
        return r.lie().operation().equals("tables") ? r.lie().column() : r.lie().operation() + "." + r.lie().column();
    }

    private static void table(StringBuilder page, List<Row> rows, Kind kind) {
        rows.stream().filter(r -> r.lie().kind() == kind).forEach(r -> page.append("| ").append(name(r)).append(" | ")
                .append(r.lie().what()).append(" | ").append(r.outcome().check()).append(" | ")
                .append(String.join(", ", r.outcome().violated())).append(" |\n"));
    }
}
