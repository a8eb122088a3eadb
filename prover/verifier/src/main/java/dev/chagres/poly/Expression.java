package dev.chagres.poly;

import dev.chagres.field.QM31;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// A polynomial expression over [Factor]s.
public sealed interface Expression {
    /// A constant.
    record Constant(QM31 value) implements Expression {
        @Override
        public int degree(String name) {
            return 0;
        }

        @Override
        public void collect(Set<Factor> into) {
            // A constant has none.
        }

        @Override
        public <T> T evaluate(Function<Factor, T> values, Ring<T> ring) {
            return ring.of(value);
        }
    }

    /// One factor.
    record Reference(Factor factor) implements Expression {
        @Override
        public int degree(String name) {
            return factor.variables().stream().anyMatch(v -> v.name().equals(name)) ? 1 : 0;
        }

        @Override
        public void collect(Set<Factor> into) {
            into.add(factor);
        }

        @Override
        public <T> T evaluate(Function<Factor, T> values, Ring<T> ring) {
            return values.apply(factor);
        }
    }

    /// A sum of terms.
    record Sum(List<Expression> terms) implements Expression {
        @Override
        public int degree(String name) {
            int degree = 0;
            for (Expression t : terms) {
                degree = Math.max(degree, t.degree(name));
            }
            return degree;
        }

        @Override
        public void collect(Set<Factor> into) {
            terms.forEach(t -> t.collect(into));
        }

        @Override
        public <T> T evaluate(Function<Factor, T> values, Ring<T> ring) {
            T sum = ring.of(QM31.ZERO);
            for (Expression t : terms) {
                sum = ring.add(sum, t.evaluate(values, ring));
            }
            return sum;
        }
    }

    /// A product.
    record Product(List<Expression> terms) implements Expression {
        @Override
        public int degree(String name) {
            int degree = 0;
            for (Expression t : terms) {
                degree += t.degree(name);
            }
            return degree;
        }

        @Override
        public void collect(Set<Factor> into) {
            terms.forEach(t -> t.collect(into));
        }

        @Override
        public <T> T evaluate(Function<Factor, T> values, Ring<T> ring) {
            T product = ring.of(QM31.ONE);
            for (Expression t : terms) {
                product = ring.mul(product, t.evaluate(values, ring));
            }
            return product;
        }
    }

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
    int degree(String name);

    /// Adds all factors, in order of appearance; [#factors()] is for callers.
    void collect(Set<Factor> into);

    /// All factors, each once, in order of appearance.
    default Set<Factor> factors() {
        Set<Factor> result = new LinkedHashSet<>();
        collect(result);
        return result;
    }

    /// Value when every factor has the given value.
    <T> T evaluate(Function<Factor, T> values, Ring<T> ring);

    /// Value in the field.
    default QM31 evaluate(Function<Factor, QM31> values) {
        return evaluate(values, Ring.FIELD);
    }
}
