package dev.chagres.device;

import dev.chagres.prove.stage.TermSum;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Cuts the body of a statement into sums of terms that each fit one program: the body is the sum of all of them. Terms
/// stay in their order; one that is too large alone is multiplied out, no further than it has to be.
final class BodyParts {
    /// What a program holds.
    ///
    /// @param words at most
    /// @param depth of nested sums, at most
    /// @param factors different ones, at most
    record Limits(int words, int depth, int factors) {}

    private final Limits limits;
    private final List<TermSum> parts = new ArrayList<>();
    private List<TermSum.Term> terms = new ArrayList<>();
    private int words;
    private Set<Integer> factors = new HashSet<>();

    private BodyParts(Limits limits) {
        this.limits = limits;
    }

    /// @throws IllegalArgumentException if a product has more factors than a program holds
    static List<TermSum> of(TermSum body, Limits limits) {
        BodyParts all = new BodyParts(limits);
        body.terms().forEach(all::add);
        all.end();
        return List.copyOf(all.parts);
    }

    private void add(TermSum.Term term) {
        Set<Integer> own = new HashSet<>();
        collect(term, own);
        int size = words(term);
        if (size > limits.words || own.size() > limits.factors || depth(term) > limits.depth) {
            divided(term).forEach(this::add);
            return;
        }
        own.addAll(factors);
        if (words + size > limits.words || own.size() > limits.factors) {
            end();
            add(term);
            return;
        }
        terms.add(term);
        words += size;
        factors = own;
    }

    private void end() {
        if (!terms.isEmpty()) {
            parts.add(new TermSum(terms));
            terms = new ArrayList<>();
            words = 0;
            factors = new HashSet<>();
        }
    }

    /// Smaller terms with the same sum: the deepest nested sum multiplied out where the term is too deep, else one half
    /// of the longest after the other.
    private List<TermSum.Term> divided(TermSum.Term term) {
        if (term.sums().isEmpty()) {
            throw new IllegalArgumentException("a product of " + term.factors().size()
                    + " factors is more than a program of a device holds, " + limits);
        }
        if (depth(term) > limits.depth) {
            TermSum deepest = term.sums().stream().max(Comparator.comparingInt(BodyParts::depth)).orElseThrow();
            return deepest.terms().stream().map(t -> times(without(term, deepest), t)).toList();
        }
        TermSum longest = term.sums().stream().max(Comparator.comparingInt(BodyParts::words)).orElseThrow();
        TermSum.Term rest = without(term, longest);
        int n = longest.terms().size();
        return Stream.of(longest.terms().subList(0, n / 2), longest.terms().subList(n / 2, n))
                .filter(half -> !half.isEmpty())
                .map(half -> half.size() == 1 ? times(rest, half.getFirst()) : times(rest, new TermSum(half)))
                .toList();
    }

    /// The term without one of its sums.
    private static TermSum.Term without(TermSum.Term term, TermSum sum) {
        List<TermSum> rest = new ArrayList<>(term.sums());
        rest.remove(sum);
        return new TermSum.Term(term.coefficient(), term.factors(), rest);
    }

    private static TermSum.Term times(TermSum.Term term, TermSum sum) {
        return new TermSum.Term(term.coefficient(), term.factors(), joined(term.sums(), List.of(sum)));
    }

    private static TermSum.Term times(TermSum.Term a, TermSum.Term b) {
        return new TermSum.Term(a.coefficient().mul(b.coefficient()), joined(a.factors(), b.factors()),
                joined(a.sums(), b.sums()));
    }

    private static <T> List<T> joined(List<T> a, List<T> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }

    /// Most words of a term.
    private static int words(TermSum.Term t) {
        return Math.max(1, t.factors().size()) + 2 + t.sums().stream().mapToInt(s -> 2 + words(s)).sum();
    }

    private static int words(TermSum s) {
        return s.terms().stream().mapToInt(BodyParts::words).sum();
    }

    private static int depth(TermSum.Term t) {
        return t.sums().stream().mapToInt(s -> 1 + depth(s)).max().orElse(0);
    }

    private static int depth(TermSum s) {
        return s.terms().stream().mapToInt(BodyParts::depth).max().orElse(0);
    }

    private static void collect(TermSum.Term t, Set<Integer> factors) {
        factors.addAll(t.factors());
        t.sums().forEach(s -> s.terms().forEach(inner -> collect(inner, factors)));
    }
}
