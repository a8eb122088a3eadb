package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The reduction of claims about matrix products of one input to that input, weights and biases, in one sumcheck
/// (Thaler, "Time-optimal interactive proofs for circuit evaluation", CRYPTO 2013).
///
/// The input is a factor of all products: with power alpha^i for product i, what it is multiplied by is
/// `sum_i alpha^i w_i(j^, block) weight_i(k, z_i, k^, j^)`, w_i being the tile weights of the claim. So its rows are
/// folded once, its value is sent once, and no degree is higher than with one product.
public final class ProductReduction {
    private ProductReduction() {}

    /// The claim that bias + input * weight has a value at a point.
    ///
    /// @param shape an activation with the channels of the product
    /// @param at point of `shape`
    public record Claimed(MatrixProduct product, Shape shape, TilePoint at, PrivateValue value) {
        private QM31[] low(int axis) {
            return at.low(shape, shape.lowAxes().get(axis).name());
        }

        private int groupBits() {
            return shape.highAxes().get(0).bits();
        }
    }

    /// Proves claims about products of one input. The challenge that batches several of them is drawn once all that
    /// they are about is fixed.
    ///
    /// @throws IllegalArgumentException if the inputs or the rows of the points differ
    public static void reduce(Party party, String tag, List<Claimed> claims) throws Rejection {
        MatrixProduct first = claims.getFirst().product();
        QM31[] atRow = claims.getFirst().low(0);
        List<PrivateValue> values = new ArrayList<>();
        for (Claimed c : claims) {
            if (c.product().input() != first.input() || !Arrays.equals(c.low(0), atRow)) {
                throw new IllegalArgumentException(tag + ": products of different inputs, or at different rows");
            }
            values.add(c.value().sub(party.open(c.product().bias(), biasPoint(c))));
        }
        QM31 alpha = claims.size() == 1 ? QM31.ONE : party.batching(tag, claims.size());

        Variable k = new Variable("k", first.in().bits());
        Variable kHigh = new Variable("k^", Axis.ceilLog2(first.in().count()));
        Variable block = new Variable("block", claims.getFirst().shape().highAxes().get(1).bits());
        // Products with equally many groups of output channels share the variables of these.
        Map<Integer, Variable> groups = new LinkedHashMap<>();
        for (Claimed c : claims) {
            groups.computeIfAbsent(c.groupBits(),
                    bits -> new Variable(groups.isEmpty() ? "j^" : "j^" + groups.size(), bits));
        }
        Expression input = Expression.of(MatrixProduct.activationFactor(first.input(), atRow, k, kHigh, block));
        List<Expression> weights = new ArrayList<>();
        PrivateValue claim = PrivateValue.ZERO;
        QM31 power = QM31.ONE;
        for (int i = 0; i < claims.size(); i++) {
            weights.add(weightSide(claims.get(i), power, k, kHigh, groups, block));
            claim = claim.add(values.get(i).mul(power));
            power = power.mul(alpha);
        }
        List<Variable> variables = new ArrayList<>(List.of(k, kHigh));
        variables.addAll(groups.values());
        variables.add(block);
        party.sumcheck(tag, new Statement(variables, input.times(new Expression.Sum(weights))), claim);
    }

    private static TilePoint biasPoint(Claimed c) {
        QM31[] weights = new QM31[c.product().out().count()];
        Arrays.fill(weights, QM31.ZERO);
        for (int t = 0; t < c.at().weights().length; t++) {
            int j = c.shape().tile(t)[0];
            weights[j] = weights[j].add(c.at().weights()[t]);
        }
        return new TilePoint(c.low(1), weights);
    }

    /// power * w(j^, block) * weight(k, j, k^, j^), once for all values of the variables of other groups.
    private static Expression weightSide(
            Claimed c, QM31 power, Variable k, Variable kHigh, Map<Integer, Variable> groups, Variable block) {
        Variable jHigh = groups.get(c.groupBits());
        QM31[] tiles = Arrays.stream(c.at().weights()).map(power::mul).toArray(QM31[]::new);
        List<Expression> factors = new ArrayList<>();
        factors.add(Expression.of(SparseFactor.ofTiles("weights", c.shape(), tiles, List.of(jHigh, block))));
        factors.add(Expression.of(ColumnFactor.of(c.product().weight())
                .bind("k", k).fix("j", c.low(1)).bind("k^", kHigh).bind("j^", jHigh)));
        for (Variable other : groups.values()) {
            if (other != jHigh) {
                QM31[] zero = new QM31[other.bits()];
                Arrays.fill(zero, QM31.ZERO);
                factors.add(Expression.of(new EqFactor(List.of(other), zero)));
            }
        }
        return new Expression.Product(factors);
    }
}
