package dev.chagres.device;

import dev.chagres.ffm.StatementOperands;
import dev.chagres.ffm.StatementWord;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.TermSum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The body of a statement as words of a device's program. A term costs a word for each factor and one to add it, a
/// nested sum two more.
final class StatementCode {
    private static final QM31 MINUS_ONE = QM31.ONE.neg();

    private final List<Integer> words = new ArrayList<>();
    private final List<QM31> constants = new ArrayList<>();
    private final Map<QM31, Integer> numbers = new HashMap<>();
    private int depth;

    private StatementCode(TermSum body) {
        sum(body, 0);
    }

    static StatementCode of(TermSum body) {
        return new StatementCode(body);
    }

    /// Whether a device takes a statement with this body; if not, the processor's stage does it.
    boolean fits(StatementProgram program) {
        int factors = program.factors().size();
        return words.size() <= StatementWord.MOST_WORDS && depth <= StatementWord.MOST_DEPTH && factors > 0
                && factors <= StatementOperands.MOST_FACTORS
                && program.statement().bits() < StatementOperands.MOST_VARIABLES;
    }

    int[] words() {
        return words.stream().mapToInt(Integer::intValue).toArray();
    }

    List<QM31> constants() {
        return constants;
    }

    private void sum(TermSum s, int nested) {
        depth = Math.max(depth, nested);
        for (TermSum.Term t : s.terms()) {
            boolean negative = !t.factors().isEmpty() && t.coefficient().equals(MINUS_ONE);
            product(t, negative ? QM31.ONE : t.coefficient(), nested);
            words.add(negative ? StatementWord.SUBTRACT : StatementWord.ADD);
        }
    }

    private void product(TermSum.Term t, QM31 coefficient, int nested) {
        if (t.factors().isEmpty()) {
            words.add(StatementWord.constant(number(coefficient)));
        } else {
            words.add(StatementWord.load(t.factors().getFirst()));
            for (int f : t.factors().subList(1, t.factors().size())) {
                words.add(StatementWord.times(f));
            }
            if (!coefficient.equals(QM31.ONE)) {
                words.add(StatementWord.scale(number(coefficient)));
            }
        }
        for (TermSum s : t.sums()) {
            words.add(StatementWord.OPEN);
            sum(s, nested + 1);
            words.add(StatementWord.CLOSE);
        }
    }

    private int number(QM31 constant) {
        return numbers.computeIfAbsent(constant, c -> {
            constants.add(c);
            return constants.size() - 1;
        });
    }
}
