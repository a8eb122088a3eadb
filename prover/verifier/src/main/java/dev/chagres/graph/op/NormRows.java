package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredTerm;
import dev.chagres.graph.Kept;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The statements about row values of one [RmsNorm], which wait for those of all other norms: the one-hot polynomial of
/// the peak at the point where its sumcheck ended, S = mant 4^k + rest, RSQRT + half = rho 2^k + r', and that bits are
/// bits.
final class NormRows {
    private static final String GROUP = "rows";

    private final RmsNorm norm;
    private final DeferredTerm.Group group;
    /// One factor for each column, so that its value is sent once.
    private final Map<Column, Expression> columns = new HashMap<>();
    private final List<DeferredTerm> terms = new ArrayList<>();

    private NormRows(RmsNorm norm) {
        this.norm = norm;
        this.group = new DeferredTerm.Group(GROUP, List.of(Variable.of(norm.rowShape().lowAxes().get(0)),
                Variable.of(norm.rowShape().highAxes().get(0))));
    }

    /// Packs what is known of the peak.
    ///
    /// @param at rows at which the squares were summed: (row, block)
    /// @param rows where the sumcheck ended: (row, block)
    /// @param channel where it ended: (channel, channel^)
    /// @param value of the one-hot polynomial there
    static Kept keep(QM31[] at, QM31[] rows, QM31[] channel, PrivateValue value) {
        QM31[] points = Arrays.copyOf(at, 2 * at.length + channel.length);
        System.arraycopy(rows, 0, points, at.length, rows.length);
        System.arraycopy(channel, 0, points, 2 * at.length, channel.length);
        return new Kept(points, new PrivateValue[] {value});
    }

    /// The terms, in the order of the protocol.
    ///
    /// @param kept as [#keep] has packed it
    static List<DeferredTerm> terms(RmsNorm norm, Kept kept) {
        NormRows rows = new NormRows(norm);
        int bits = rows.group.bits();
        QM31[] points = kept.points();
        rows.peak(Arrays.copyOf(points, bits), Arrays.copyOfRange(points, bits, 2 * bits),
                Arrays.copyOfRange(points, 2 * bits, points.length), kept.values()[0]);
        rows.constraints();
        return List.copyOf(rows.terms);
    }

    /// value = sum_(row, block) eq(end) eq(at) prod_b (1 - c_b - J_b + 2 c_b J_b)
    private void peak(QM31[] at, QM31[] end, QM31[] c, PrivateValue value) {
        List<Expression> factors = new ArrayList<>();
        factors.add(Expression.of(new EqFactor(group.variables(), at)));
        factors.add(Expression.of(new EqFactor(group.variables(), end)));
        for (int b = 0; b < norm.channelBit.length; b++) {
            QM31 slope = c[b].add(c[b]).sub(QM31.ONE);
            factors.add(Expression.constant(QM31.ONE.sub(c[b])).plus(of(norm.channelBit[b]).times(slope)));
        }
        terms.add(new DeferredTerm.Sum(group, norm.name + ".peak", new Expression.Product(factors), value));
    }

    private void constraints() {
        Expression sum = of(norm.epsilon);
        for (int g = 0; g < norm.quotientLow.length; g++) {
            sum = sum.plus(of(norm.quotientLow[g])).plus(of(norm.quotientHigh[g]).times(1L << RmsNorm.LIMB));
        }
        Expression four = of(norm.four);
        Expression two = of(norm.two);
        Expression rho = of(norm.rhoLow).plus(of(norm.rhoHigh).times(1L << RmsNorm.RHO_LIMB));
        zero("scale", of(norm.mant).times(four).plus(of(norm.restPair)).minus(four).minus(sum));
        zero("root", of(norm.root).plus(of(norm.half)).plus(two).minus(rho.times(two)).minus(of(norm.rootPair)));
        for (int b = 0; b < norm.channelBit.length; b++) {
            Expression bit = of(norm.channelBit[b]);
            zero("bit" + b, bit.times(bit.minus(Expression.constant(1))));
        }
    }

    private void zero(String what, Expression expression) {
        terms.add(new DeferredTerm.Zero(group, norm.name + "." + what, expression));
    }

    private Expression of(Column column) {
        return columns.computeIfAbsent(column, c -> {
            ColumnFactor factor = ColumnFactor.of(c);
            group.variables().forEach(v -> factor.bind(v.name(), v));
            return Expression.of(factor);
        });
    }
}
