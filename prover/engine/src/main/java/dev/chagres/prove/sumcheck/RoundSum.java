package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.stage.TermSum;
import dev.chagres.sumcheck.RoundPolynomial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Evaluates `g(X) = sum_x weight(x) body(X, x)` for one round, chunk by chunk.
///
/// `weight` is an optional table that does not depend on X. Terms of degree up to 2 with at most two dependent parts use the
/// kernels that give the value at 0 and the leading coefficient at once; everything else is evaluated point by point.
final class RoundSum {
    private final TermSum body;
    private final FactorTable[] tables;
    private final FieldKernels kernels;
    private final ChunkScratch scratch;
    /// Address of every factor at the point being evaluated.
    private final long[] current;
    private long n;

    RoundSum(TermSum body, FactorTable[] tables, FieldKernels kernels, MemoryScope arena) {
        this.body = body;
        this.tables = tables;
        this.kernels = kernels;
        this.scratch = new ChunkScratch(arena);
        this.current = new long[tables.length];
    }

    private static void markUsed(TermSum sum, boolean[] used) {
        for (TermSum.Term t : sum.terms()) {
            t.factors().forEach(f -> used[f] = true);
            t.sums().forEach(s -> markUsed(s, used));
        }
    }

    /// For degree at most 2: {g(0), coefficient of X^2}.
    QM31[] quadratic(int variable, FactorTable weight) {
        QM31 at0 = QM31.ZERO;
        QM31 lead = QM31.ZERO;
        for (long chunk = 0; chunk < chunks(variable); chunk++) {
            long e = weight == null ? 0 : weight.low(chunk, variable);
            for (TermSum.Term t : body.terms()) {
                QM31[] part = quadratic(t, variable, chunk, e);
                at0 = at0.add(part[0].mul(t.coefficient()));
                lead = lead.add(part[1].mul(t.coefficient()));
            }
        }
        return new QM31[] {at0, lead};
    }

    /// {g(0), g(2), ..., g(degree)}.
    QM31[] values(int variable, FactorTable weight, int degree) {
        QM31[] result = new QM31[Math.max(1, degree)];
        Arrays.fill(result, QM31.ZERO);
        for (TermSum part : parts(variable, degree)) {
            int own = part.degree(f -> tables[f].depends(variable));
            QM31[] g = own < degree ? extrapolated(points(part, variable, weight, own, true), degree)
                    : points(part, variable, weight, degree, false);
            for (int k = 0; k < result.length; k++) {
                result[k] = result[k].add(g[k]);
            }
        }
        return result;
    }

    /// The body, or its terms one by one where some have so low a degree that fewer points are enough for them.
    private List<TermSum> parts(int variable, int degree) {
        boolean apart = body.terms().stream()
                .anyMatch(t -> 2 * (t.degree(f -> tables[f].depends(variable)) + 1) <= degree);
        return apart ? body.terms().stream().map(t -> new TermSum(List.of(t))).toList() : List.of(body);
    }

    /// {g(0), g(2), ..., g(degree)} from {g(0), g(1), ..., g(d)} of a polynomial of degree d.
    private static QM31[] extrapolated(QM31[] values, int degree) {
        QM31[] result = new QM31[Math.max(1, degree)];
        result[0] = values[0];
        for (int k = 2; k <= degree; k++) {
            result[k - 1] = k < values.length ? values[k] : RoundPolynomial.evaluate(values, QM31.of(k));
        }
        return result;
    }

    /// {g(0), g(2), ..., g(degree)} of a sum, with g(1) after g(0) if `one` is set.
    private QM31[] points(TermSum sum, int variable, FactorTable weight, int degree, boolean one) {
        boolean[] used = new boolean[tables.length];
        markUsed(sum, used);
        int shift = one ? 0 : 1;
        QM31[] result = new QM31[Math.max(1, degree + 1 - shift)];
        Arrays.fill(result, QM31.ZERO);
        for (long chunk = 0; chunk < chunks(variable); chunk++) {
            long e = weight == null ? 0 : weight.low(chunk, variable);
            if (one && degree > 0) {
                select(variable, chunk, true);
                result[1] = result[1].add(total(sum, e));
            }
            select(variable, chunk, false);
            result[0] = result[0].add(total(sum, e));
            if (degree < 2) {
                continue;
            }
            int mark = scratch.mark();
            long[] step = new long[tables.length];
            for (int f = 0; f < tables.length; f++) {
                if (used[f] && tables[f].depends(variable)) {
                    long high = tables[f].high(chunk, variable);
                    step[f] = scratch.take();
                    kernels.subExt(step[f], high, current[f], n);
                    current[f] = scratch.take();
                    kernels.addExt(current[f], high, step[f], n);
                }
            }
            for (int k = 2; k <= degree; k++) {
                for (int f = 0; k > 2 && f < tables.length; f++) {
                    if (step[f] != 0) {
                        kernels.addExt(current[f], current[f], step[f], n);
                    }
                }
                result[k - shift] = result[k - shift].add(total(sum, e));
            }
            scratch.release(mark);
        }
        return result;
    }

    /// g(1).
    QM31 atOne(int variable, FactorTable weight) {
        QM31 sum = QM31.ZERO;
        for (long chunk = 0; chunk < chunks(variable); chunk++) {
            select(variable, chunk, true);
            sum = sum.add(total(body, weight == null ? 0 : weight.low(chunk, variable)));
        }
        return sum;
    }

    private long chunks(int variable) {
        n = 1L << Math.min(variable, FactorTable.DENSE);
        return 1L << Math.max(0, variable - FactorTable.DENSE);
    }

    /// Makes the lower or the upper half the current point.
    private void select(int variable, long chunk, boolean upper) {
        for (int f = 0; f < tables.length; f++) {
            current[f] = upper && tables[f].depends(variable)
                    ? tables[f].high(chunk, variable) : tables[f].low(chunk, variable);
        }
    }

    /// Both ends of a part that is linear in X.
    private record Line(long low, long high) {}

    private QM31[] quadratic(TermSum.Term term, int variable, long chunk, long e) {
        int mark = scratch.mark();
        select(variable, chunk, false);
        List<Long> constant = new ArrayList<>();
        List<Line> lines = new ArrayList<>();
        if (e != 0) {
            constant.add(e);
        }
        for (int f : term.factors()) {
            if (tables[f].depends(variable)) {
                lines.add(new Line(current[f], tables[f].high(chunk, variable)));
            } else {
                constant.add(current[f]);
            }
        }
        for (TermSum s : term.sums()) {
            switch (s.degree(f -> tables[f].depends(variable))) {
                case 0 -> constant.add(evaluate(s));
                case 1 -> {
                    long low = evaluate(s);
                    select(variable, chunk, true);
                    lines.add(new Line(low, evaluate(s)));
                    select(variable, chunk, false);
                }
                default -> {
                    scratch.release(mark);
                    return nested(term, s, variable, chunk, e);
                }
            }
        }
        QM31[] result = switch (lines.size()) {
            case 0 -> new QM31[] {dot(constant), QM31.ZERO};
            case 1 -> {
                constant.add(lines.getFirst().low);
                yield new QM31[] {dot(constant), QM31.ZERO};
            }
            default -> {
                Line a = lines.get(0);
                Line b = lines.get(1);
                yield constant.isEmpty()
                        ? kernels.roundProduct(a.low, a.high, b.low, b.high, n)
                        : kernels.roundEqProduct(product(constant), a.low, a.high, b.low, b.high, n);
            }
        };
        scratch.release(mark);
        return result;
    }

    /// A term whose only dependent part is a nested sum of degree 2: everything else weighs the terms of that sum.
    private QM31[] nested(TermSum.Term term, TermSum inner, int variable, long chunk, long e) {
        int mark = scratch.mark();
        select(variable, chunk, false);
        List<Long> constant = new ArrayList<>();
        if (e != 0) {
            constant.add(e);
        }
        for (int f : term.factors()) {
            constant.add(current[f]);
        }
        for (TermSum s : term.sums()) {
            if (s != inner) {
                constant.add(evaluate(s));
            }
        }
        long weight = constant.isEmpty() ? 0 : product(constant);
        QM31[] result = {QM31.ZERO, QM31.ZERO};
        for (TermSum.Term t : inner.terms()) {
            QM31[] part = quadratic(t, variable, chunk, weight);
            result[0] = result[0].add(part[0].mul(t.coefficient()));
            result[1] = result[1].add(part[1].mul(t.coefficient()));
        }
        scratch.release(mark);
        return result;
    }

    /// Sum of e * s over the chunk at the current point; e = 0 stands for ones.
    private QM31 total(TermSum s, long e) {
        QM31 sum = QM31.ZERO;
        for (TermSum.Term t : s.terms()) {
            int mark = scratch.mark();
            List<Long> parts = parts(t);
            if (e != 0) {
                parts.add(e);
            }
            sum = sum.add(dot(parts).mul(t.coefficient()));
            scratch.release(mark);
        }
        return sum;
    }

    private List<Long> parts(TermSum.Term t) {
        List<Long> parts = new ArrayList<>();
        for (int f : t.factors()) {
            parts.add(current[f]);
        }
        for (TermSum s : t.sums()) {
            parts.add(evaluate(s));
        }
        return parts;
    }

    /// Values of a sum at the current point, in a fresh buffer.
    private long evaluate(TermSum s) {
        long dst = scratch.take();
        QM31 constant = QM31.ZERO;
        for (TermSum.Term t : s.terms()) {
            if (t.factors().isEmpty() && t.sums().isEmpty()) {
                constant = constant.add(t.coefficient());
            }
        }
        kernels.fillExt(dst, constant, n);
        for (TermSum.Term t : s.terms()) {
            int mark = scratch.mark();
            List<Long> parts = parts(t);
            if (!parts.isEmpty()) {
                long value = product(parts);
                if (t.coefficient().equals(QM31.ONE)) {
                    kernels.addExt(dst, dst, value, n);
                } else if (t.coefficient().equals(QM31.ONE.neg())) {
                    kernels.subExt(dst, dst, value, n);
                } else {
                    kernels.addScaledExt(dst, value, t.coefficient(), n);
                }
            }
            scratch.release(mark);
        }
        return dst;
    }

    /// Address of the product of at least one array.
    private long product(List<Long> parts) {
        long result = parts.getFirst();
        for (int i = 1; i < parts.size(); i++) {
            long dst = i == 1 ? scratch.take() : result;
            kernels.mulExt(dst, result, parts.get(i), n);
            result = dst;
        }
        return result;
    }

    /// Sum of the product of the arrays; of ones if there are none.
    private QM31 dot(List<Long> parts) {
        return switch (parts.size()) {
            case 0 -> QM31.embed(n);
            case 1 -> kernels.sumExt(parts.getFirst(), n);
            default -> kernels.dotExt(product(parts.subList(0, parts.size() - 1)), parts.getLast(), n);
        };
    }
}
