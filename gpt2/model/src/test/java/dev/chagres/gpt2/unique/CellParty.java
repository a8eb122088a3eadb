package dev.chagres.gpt2.unique;

import dev.chagres.field.QM31;
import dev.chagres.graph.Party;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.Point;
import dev.chagres.poly.PublicFactor;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// The party of a reduction that sends nothing and draws nothing: points are [Cell]s, sums are summed, and of every
/// equality it notes by how much it fails.
///
/// A challenge that batches statements is u, whose powers 1, u, u^2, u^3 are a basis of QM31 over M31: the batch is 0
/// exactly if each of its statements is, and each can be read off ([Relations]).
final class CellParty implements Party {
    private static final QM31 BASIS = new QM31(0, 0, 1, 0);

    private final Assignment values;
    private final Cell cell;
    private final Predicate<String> wanted;
    private final Map<String, QM31> failures = new LinkedHashMap<>();

    /// @param wanted names of the equalities that are looked at
    CellParty(Assignment values, Cell cell, Predicate<String> wanted) {
        this.values = values;
        this.cell = cell;
        this.wanted = wanted;
    }

    /// What is left of every equality, 0 where it holds.
    Map<String, QM31> failures() {
        return failures;
    }

    void fails(String name, QM31 by) {
        if (failures.put(name, by) != null) {
            throw new IllegalStateException("two equalities are named " + name);
        }
    }

    @Override
    public QM31 challenge(String tag) {
        return BASIS;
    }

    @Override
    public QM31[] challenges(String tag, int n) {
        throw new UnsupportedOperationException(tag + ": points are drawn by shape");
    }

    @Override
    public Map<String, QM31[]> point(String tag, Shape shape) {
        return cell.coordinates(shape);
    }

    @Override
    public PrivateValue open(Column column, TilePoint at) {
        return PrivateValue.known(valueOf(column, at));
    }

    private QM31 valueOf(Column column, TilePoint at) {
        int size = at.low().length;
        int element = 0;
        for (int i = 0; i < size; i++) {
            if (at.low()[i].equals(QM31.ONE)) {
                element |= 1 << i;
            } else if (!at.low()[i].isZero()) {
                return openBetween(column, at);
            }
        }
        QM31 sum = QM31.ZERO;
        for (int t = 0; t < at.weights().length; t++) {
            if (!at.weights()[t].isZero()) {
                sum = sum.add(at.weights()[t].mul(values.get(column, ((long) at.first() + t << size) + element)));
            }
        }
        return sum;
    }

    private QM31 openBetween(Column column, TilePoint at) {
        int size = at.low().length;
        QM31 sum = QM31.ZERO;
        for (Map.Entry<Long, Integer> value : values.explicit(column).entrySet()) {
            int tile = (int) (value.getKey() >> size) - at.first();
            if (tile >= 0 && tile < at.weights().length) {
                sum = sum.add(Eq.at(at.low(), 0, size, value.getKey()).mul(at.weights()[tile]).mul(value.getValue()));
            }
        }
        return sum;
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        fails("claim " + column, valueOf(column, at).sub(value));
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        if (wanted.test(tag)) {
            fails(tag, sum(statement).sub(claim.number()));
        }
        return end(statement);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        fails(check, actual.sub(expected).number());
    }

    /// The sum of a statement over the cube of its variables.
    QM31 sum(Statement statement) {
        QM31[] at = new QM31[statement.bits()];
        QM31 sum = QM31.ZERO;
        for (int x = 0; x < 1 << at.length; x++) {
            for (int i = 0; i < at.length; i++) {
                at[i] = (x >> i & 1) == 1 ? QM31.ONE : QM31.ZERO;
            }
            Point point = Point.split(statement.variables(), at);
            sum = sum.add(statement.expression().evaluate(f -> value(f, point)));
        }
        return sum;
    }

    private QM31 value(Factor factor, Point at) {
        return switch (factor) {
            case SparseFactor f -> entries(f, at.flat(f.variables()));
            case PublicFactor f -> f.evaluate(at);
            case ColumnFactor f -> {
                Claim claim = f.claim(at, PrivateValue.ZERO);
                yield valueOf(claim.column(), claim.at());
            }
            case OneHotFactor f -> read(f, at);
        };
    }

    /// What [SparseFactor#evaluate] is at a point of the cube: the weights of its entries there.
    private static QM31 entries(SparseFactor f, QM31[] at) {
        long index = 0;
        for (int i = 0; i < at.length; i++) {
            index |= at[i].isZero() ? 0 : 1L << i;
        }
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < f.size(); i++) {
            sum = f.index(i) == index ? sum.add(f.weight(i)) : sum;
        }
        return sum;
    }

    /// A sumcheck ends at a point that has no coordinate in M31, with the true values of its derived factors.
    private SumcheckResult end(Statement statement) {
        QM31[] at = new QM31[statement.bits()];
        for (int i = 0; i < at.length; i++) {
            at[i] = new QM31(3 * i + 1, 5 * i + 2, 7 * i + 3, 11 * i + 4);
        }
        Point end = Point.split(statement.variables(), at);
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            if (f instanceof OneHotFactor read) {
                derived.put(read, PrivateValue.known(read(read, end)));
            }
        }
        return new SumcheckResult(end, derived);
    }

    /// eq(cell, rows) times that of the index and the bits of the cell; [Relations] compares it with what is deferred.
    private QM31 read(OneHotFactor f, Point at) {
        QM31[] coordinates = at.flat(f.variables());
        QM31 product = QM31.ONE;
        for (int i = 0; i < f.rowBits(); i++) {
            product = product.mul(Eq.factor(f.coordinate(i), coordinates[i]));
        }
        for (int b = 0; b < f.bits().size(); b++) {
            Column bit = f.bits().get(b);
            product = product.mul(Eq.factor(QM31.of(values.get(bit, cell.element(bit.shape()))),
                    coordinates[f.rowBits() + b]));
        }
        return product;
    }
}
