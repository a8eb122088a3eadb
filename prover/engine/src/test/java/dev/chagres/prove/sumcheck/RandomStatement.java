package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.TableFactor;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.OneHotValues;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A random statement with data and its sum by brute force.
public final class RandomStatement {
    public final Map<Column, HostTensor> data = new HashMap<>();
    private final Map<Factor, QM31[]> derived = new HashMap<>();
    private final Random random;
    private final List<Variable> variables = new ArrayList<>();
    public final Statement statement;

    /// @param bits upper bound for the number of variables
    public RandomStatement(long seed, int bits) {
        random = new Random(seed);
        int left = bits;
        int groups = 1 + random.nextInt(5);
        for (int g = 0; g < groups; g++) {
            int b = g == groups - 1 ? left : Math.min(left, random.nextInt(5));
            left -= b;
            variables.add(new Variable("v" + g, b));
        }
        Collections.shuffle(variables, random);
        List<Factor> pool = new ArrayList<>();
        int n = 2 + random.nextInt(5);
        for (int i = 0; i < n; i++) {
            pool.add(switch (random.nextInt(8)) {
                case 0 -> eq(subset());
                case 1 -> sparse(subset());
                case 2 -> table(subset());
                case 3 -> oneHot(i);
                default -> column(i);
            });
        }
        Expression e = sum(pool, 2);
        statement = new Statement(variables, random.nextBoolean() ? Expression.of(eq(shuffled(variables)))
                .times(e) : e);
    }

    private List<Variable> subset() {
        List<Variable> result = shuffled(variables);
        return result.subList(0, 1 + random.nextInt(result.size()));
    }

    private List<Variable> shuffled(List<Variable> list) {
        List<Variable> result = new ArrayList<>(list);
        Collections.shuffle(result, random);
        return result;
    }

    private static int bits(List<Variable> list) {
        return list.stream().mapToInt(Variable::bits).sum();
    }

    private EqFactor eq(List<Variable> own) {
        QM31[] at = TestTensors.elements(random, bits(own));
        for (int i = 0; i < at.length; i++) {
            int kind = random.nextInt(8);
            at[i] = kind < 2 ? QM31.of(kind) : at[i];
        }
        return new EqFactor(own, at);
    }

    private SparseFactor sparse(List<Variable> own) {
        int n = random.nextInt(20);
        long[] index = random.longs(n, 0, 1L << bits(own)).toArray();
        return new SparseFactor("sparse", own, index, TestTensors.elements(random, n));
    }

    private PublicFactor table(List<Variable> own) {
        if (bits(own) > 7) {
            return sparse(own);
        }
        return new TableFactor("table", own, TestTensors.elements(random, 1 << bits(own)));
    }

    /// Rows of low and high axes, some tiles absent, and values of which only the lowest bit counts.
    private OneHotFactor oneHot(int number) {
        List<Variable> own = subset();
        int low = random.nextInt(own.size() + 1);
        int end = low + random.nextInt(own.size() + 1 - low);
        List<Variable> rows = own.subList(0, end);
        List<Variable> index = own.subList(end, own.size());
        List<Column> columns = new ArrayList<>();
        for (int b = 0; b < bits(index); b++) {
            List<Axis> axes = new ArrayList<>();
            for (Variable v : rows) {
                axes.add(axes.size() < low ? Axis.low(v.name(), v.bits()) : Axis.high(v.name(), count(v)));
            }
            Column c = new Column("bit" + number + "." + b, shape(axes), Column.Tree.WITNESS);
            data.put(c, TestTensors.random(c.shape(), random.nextBoolean() ? 16 : 32, random));
            columns.add(c);
        }
        OneHotFactor f = new OneHotFactor("oneHot", rows, index, columns, TestTensors.elements(random, bits(rows)));
        derived.put(f, OneHotValues.of(f, data::get));
        return f;
    }

    /// Positions on a high axis of all variables of a group.
    private int count(Variable v) {
        return v.bits() == 0 ? 1 : (1 << (v.bits() - 1)) + 1 + random.nextInt(1 << (v.bits() - 1));
    }

    private Shape shape(List<Axis> axes) {
        List<Axis> high = axes.stream().filter(a -> !a.low()).toList();
        return high.size() >= 2 && random.nextBoolean()
                ? Shape.causal(high.get(0).name(), high.get(1).name(), axes.toArray(Axis[]::new))
                : Shape.of(axes.toArray(Axis[]::new));
    }

    private ColumnFactor column(int number) {
        List<Axis> axes = new ArrayList<>();
        List<Variable> bound = new ArrayList<>();
        // Bits of low axes above their variables.
        Map<Variable, Integer> extra = new HashMap<>();
        variables.forEach(v -> extra.put(v, random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0));
        for (Variable v : subset()) {
            axes.add(random.nextInt(3) > 0 ? Axis.low(v.name(), v.bits() + extra.getOrDefault(v, 0))
                    : Axis.high(v.name(), count(v)));
            bound.add(v);
        }
        int fixed = random.nextInt(3);
        for (int i = 0; i < fixed; i++) {
            axes.add(random.nextInt(axes.size() + 1),
                    random.nextBoolean() ? Axis.low("f" + i, random.nextInt(5))
                            : Axis.high("f" + i, 1 + random.nextInt(3)));
        }
        Shape shape = shape(axes);
        Column column = new Column("c" + number, shape, Column.Tree.WITNESS);
        data.put(column, TestTensors.random(shape, random.nextBoolean() ? 16 : 32, random));
        ColumnFactor factor = ColumnFactor.of(column);
        for (Variable v : bound) {
            Axis a = shape.axis(v.name());
            if (a.low()) {
                factor.bindLower(v.name(), v, TestTensors.elements(random, extra.get(v)));
            } else {
                factor.bindFirst(v.name(), v, 1 + random.nextInt(a.count()));
            }
        }
        axes.stream().filter(a -> a.name().startsWith("f"))
                .forEach(a -> factor.fix(a.name(), TestTensors.elements(random, a.bits())));
        return factor;
    }

    private Expression sum(List<Factor> pool, int depth) {
        Expression e = product(pool, depth);
        for (int t = random.nextInt(3); t > 0; t--) {
            Expression next = product(pool, depth);
            e = switch (random.nextInt(3)) {
                case 0 -> e.plus(next);
                case 1 -> e.minus(next);
                default -> e.plus(next.times(TestTensors.element(random)));
            };
        }
        return random.nextInt(4) == 0 ? e.plus(Expression.constant(random.nextInt(9))) : e;
    }

    private Expression product(List<Factor> pool, int depth) {
        Expression e = Expression.of(pool.get(random.nextInt(pool.size())));
        for (int k = random.nextInt(3); k > 0; k--) {
            e = e.times(depth > 0 && random.nextInt(3) == 0
                    ? sum(pool, depth - 1) : Expression.of(pool.get(random.nextInt(pool.size()))));
        }
        return e;
    }

    /// The sum over the cube, every factor from its definition.
    public QM31 bruteForce() {
        QM31 sum = QM31.ZERO;
        QM31[] flat = new QM31[statement.bits()];
        for (int x = 0; x < 1 << flat.length; x++) {
            for (int i = 0; i < flat.length; i++) {
                flat[i] = QM31.of(x >> i & 1);
            }
            Point p = Point.split(variables, Arrays.copyOf(flat, flat.length));
            sum = sum.add(statement.expression().evaluate(f -> booleanValue(f, p)));
        }
        return sum;
    }

    private QM31 booleanValue(Factor f, Point p) {
        if (!(f instanceof DerivedFactor d)) {
            return value(f, p);
        }
        QM31[] at = p.flat(d.variables());
        int index = 0;
        for (int i = 0; i < at.length; i++) {
            index |= at[i].c0() << i;
        }
        return derived.get(d)[index];
    }

    /// Value of a factor at any point.
    QM31 value(Factor f, Point p) {
        return switch (f) {
            case PublicFactor q -> q.evaluate(p);
            case ColumnFactor c -> TestTensors.evaluate(data.get(c.column()), c.claim(p, PrivateValue.ZERO));
            case DerivedFactor d -> Eq.evaluate(derived.get(d), p.flat(d.variables()));
        };
    }
}
