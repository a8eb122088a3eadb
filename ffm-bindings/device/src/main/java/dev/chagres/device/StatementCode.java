package dev.chagres.device;

import dev.chagres.ffm.StatementOperands;
import dev.chagres.ffm.StatementWord;
import dev.chagres.field.QM31;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.TermSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The body of a statement as programs of a device, most often one. They are run one after another over the same
/// tables, and their sums are added.
///
/// @param parts none for a body that is 0
record StatementCode(List<Part> parts) {
    private static final QM31 MINUS_ONE = QM31.ONE.neg();

    /// What a device holds; a place is left for the weight.
    private static final BodyParts.Limits DEVICE = new BodyParts.Limits(
            StatementWord.MOST_WORDS, StatementWord.MOST_DEPTH, StatementOperands.MOST_FACTORS - 1);

    /// A program. A term costs a word for each factor, one for a coefficient and one to add it, a nested sum two more.
    ///
    /// @param factors numbers in the statement of those that the program counts from 0 on
    /// @param weight its number among them, or -1
    record Part(int[] factors, int[] words, List<QM31> constants, int weight) {}

    /// @throws IllegalArgumentException if the statement has more variables than a device can number
    static StatementCode of(StatementProgram program) {
        return of(program, DEVICE);
    }

    /// @param limits of each part, without the weight
    static StatementCode of(StatementProgram program, BodyParts.Limits limits) {
        if (program.statement().bits() >= StatementOperands.MOST_VARIABLES) {
            throw new IllegalArgumentException("a statement over " + program.statement().bits()
                    + " variables; a device takes less than " + StatementOperands.MOST_VARIABLES);
        }
        return new StatementCode(BodyParts.of(program.body(), limits).stream()
                .map(part -> new Writer(part, program.weight()).part()).toList());
    }

    /// Writes the words of a part.
    private static final class Writer {
        private final TreeSet<Integer> used = new TreeSet<>();
        private final int[] factors;
        private final int weight;
        private final List<Integer> words = new ArrayList<>();
        private final List<QM31> constants = new ArrayList<>();
        private final Map<QM31, Integer> numbers = new HashMap<>();

        Writer(TermSum body, int weight) {
            collect(body);
            if (weight >= 0) {
                used.add(weight);
            }
            this.factors = used.stream().mapToInt(Integer::intValue).toArray();
            this.weight = weight < 0 ? weight : number(weight);
            sum(body);
        }

        Part part() {
            return new Part(factors, words.stream().mapToInt(Integer::intValue).toArray(), constants, weight);
        }

        private void collect(TermSum s) {
            for (TermSum.Term t : s.terms()) {
                used.addAll(t.factors());
                t.sums().forEach(this::collect);
            }
        }

        private void sum(TermSum s) {
            for (TermSum.Term t : s.terms()) {
                boolean negative = !t.factors().isEmpty() && t.coefficient().equals(MINUS_ONE);
                product(t, negative ? QM31.ONE : t.coefficient());
                words.add(negative ? StatementWord.SUBTRACT : StatementWord.ADD);
            }
        }

        private void product(TermSum.Term t, QM31 coefficient) {
            if (t.factors().isEmpty()) {
                words.add(StatementWord.constant(number(coefficient)));
            } else {
                words.add(StatementWord.load(number(t.factors().getFirst())));
                for (int f : t.factors().subList(1, t.factors().size())) {
                    words.add(StatementWord.times(number(f)));
                }
                if (!coefficient.equals(QM31.ONE)) {
                    words.add(StatementWord.scale(number(coefficient)));
                }
            }
            for (TermSum s : t.sums()) {
                words.add(StatementWord.OPEN);
                sum(s);
                words.add(StatementWord.CLOSE);
            }
        }

        private int number(int factor) {
            return Arrays.binarySearch(factors, factor);
        }

        private int number(QM31 constant) {
            return numbers.computeIfAbsent(constant, c -> {
                constants.add(c);
                return constants.size() - 1;
            });
        }
    }
}
