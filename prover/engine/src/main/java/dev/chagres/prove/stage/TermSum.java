package dev.chagres.prove.stage;

import dev.chagres.field.QM31;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/// An [Expression] with constants merged and products and sums flattened: a sum of terms.
public record TermSum(List<Term> terms) {
    /// coefficient * product of factors (by number) * product of nested sums.
    public record Term(QM31 coefficient, List<Integer> factors, List<TermSum> sums) {
        Term scaled(QM31 s) {
            return new Term(coefficient.mul(s), factors, sums);
        }

        /// Degree in a variable.
        ///
        /// @param depends which factors depend on it
        public int degree(IntPredicate depends) {
            int degree = 0;
            for (int f : factors) {
                degree += depends.test(f) ? 1 : 0;
            }
            for (TermSum s : sums) {
                degree += s.degree(depends);
            }
            return degree;
        }
    }

    /// @param numbers of all factors of the expression
    public static TermSum of(Expression e, Map<Factor, Integer> numbers) {
        return switch (e) {
            case Expression.Constant c -> new TermSum(List.of(new Term(c.value(), List.of(), List.of())));
            case Expression.Reference r ->
                new TermSum(List.of(new Term(QM31.ONE, List.of(numbers.get(r.factor())), List.of())));
            case Expression.Sum s -> {
                List<Term> terms = new ArrayList<>();
                s.terms().forEach(t -> terms.addAll(of(t, numbers).terms));
                yield new TermSum(terms);
            }
            case Expression.Product p -> product(p, numbers);
        };
    }

    private static TermSum product(Expression.Product p, Map<Factor, Integer> numbers) {
        QM31 coefficient = QM31.ONE;
        List<Integer> factors = new ArrayList<>();
        List<TermSum> sums = new ArrayList<>();
        for (Expression e : p.terms()) {
            TermSum s = of(e, numbers);
            if (s.terms.isEmpty()) {
                return s;
            }
            if (s.terms.size() == 1) {
                Term t = s.terms.getFirst();
                coefficient = coefficient.mul(t.coefficient);
                factors.addAll(t.factors);
                sums.addAll(t.sums);
            } else {
                sums.add(s);
            }
        }
        if (factors.isEmpty() && sums.size() == 1) {
            QM31 c = coefficient;
            return new TermSum(sums.getFirst().terms.stream().map(t -> t.scaled(c)).toList());
        }
        return new TermSum(List.of(new Term(coefficient, factors, sums)));
    }

    /// Degree in a variable.
    ///
    /// @param depends which factors depend on it
    public int degree(IntPredicate depends) {
        int degree = 0;
        for (Term t : terms) {
            degree = Math.max(degree, t.degree(depends));
        }
        return degree;
    }

    private int occurrences(int factor) {
        int n = 0;
        for (Term t : terms) {
            for (int f : t.factors) {
                n += f == factor ? 1 : 0;
            }
            for (TermSum s : t.sums) {
                n += s.occurrences(factor);
            }
        }
        return n;
    }

    /// Whether every term is `factor` times something free of it.
    public boolean divisible(int factor) {
        return !terms.isEmpty() && terms.stream().allMatch(t -> t.factors.contains(factor))
                && occurrences(factor) == terms.size();
    }

    /// The quotient by a factor that divides this sum.
    public TermSum divide(int factor) {
        List<Term> result = new ArrayList<>();
        for (Term t : terms) {
            List<Integer> rest = new ArrayList<>(t.factors);
            rest.remove(Integer.valueOf(factor));
            if (rest.isEmpty() && t.sums.size() == 1) {
                t.sums.getFirst().terms.forEach(inner -> result.add(inner.scaled(t.coefficient)));
            } else {
                result.add(new Term(t.coefficient, rest, t.sums));
            }
        }
        return new TermSum(result);
    }
}
