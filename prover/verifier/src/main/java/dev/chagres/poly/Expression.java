package dev.chagres.poly;

import dev.chagres.field.QM31;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// A polynomial expression over [Factor]s.
public sealed interface Expression {
    /// A constant.
    record Constant(QM31 value) implements Expression {}

    /// One factor.
    record Reference(Factor factor) implements Expression {}

    /// A sum of terms.
    record Sum(List<Expression> terms) implements Expression {}

    /// A product.
    record Product(List<Expression> terms) implements Expression {}

    static Expression of(Factor f) {
        return new Reference(f);
    }

    static Expression constant(QM31 v) {
        return new Constant(v);
    }

    static Expression constant(long v) {
        return new Constant(QM31.embed(v));
    }

    static Expression sum(Expression... terms) {
        return new Sum(List.of(terms));
    }

    static Expression product(Expression... terms) {
        return new Product(List.of(terms));
    }

    default Expression plus(Expression other) {
        return sum(this, other);
    }

    default Expression minus(Expression other) {
        return sum(this, product(constant(-1), other));
    }

    default Expression times(Expression other) {
        return product(this, other);
    }

    default Expression times(QM31 scalar) {
        return product(constant(scalar), this);
    }

    default Expression times(long scalar) {
        return product(constant(scalar), this);
    }

    /// Degree in the variables of group `name`.
    default int degree(String name) {
        return switch (this) {
            case Constant ignored -> 0;
            case Reference r -> r.factor.variables().stream().anyMatch(v -> v.name().equals(name)) ? 1 : 0;
            case Sum s -> s.terms.stream().mapToInt(t -> t.degree(name)).max().orElse(0);
            case Product p -> p.terms.stream().mapToInt(t -> t.degree(name)).sum();
        };
    }

    /// All factors, each once, in order of appearance.
    default Set<Factor> factors() {
        Set<Factor> result = new LinkedHashSet<>();
        collect(this, result);
        return result;
    }

    private static void collect(Expression e, Set<Factor> into) {
        switch (e) {
            case Constant ignored -> { }
            case Reference r -> into.add(r.factor);
            case Sum s -> s.terms.forEach(t -> collect(t, into));
            case Product p -> p.terms.forEach(t -> collect(t, into));
        }
    }

    /// Value when every factor has the given value.
    default QM31 evaluate(Function<Factor, QM31> values) {
        return switch (this) {
            case Constant c -> c.value;
            case Reference r -> values.apply(r.factor);
            case Sum s -> {
                QM31 sum = QM31.ZERO;
                for (Expression t : s.terms) {
                    sum = sum.add(t.evaluate(values));
                }
                yield sum;
            }
            case Product p -> {
                QM31 product = QM31.ONE;
                for (Expression t : p.terms) {
                    product = product.mul(t.evaluate(values));
                }
                yield product;
            }
        };
    }
}
