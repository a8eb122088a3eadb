package dev.chagres.commit;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Many claims as one statement about the stacked polynomial F: `sum_x F(x) W(x) = value`, with
/// `value = sum_j gamma^j value_j` and `W = sum_j gamma^j W_j`.
///
/// W is a sum over [Term]s; a term covers the pieces of one column, W(addr + x) = weight * eq(point, x) on the piece
/// at address addr. Claims about the same tiles of one column at one point are merged into one term. Memory and time
/// are those of the weights that the claims have: a claim about one tile costs one weight, however many tiles the
/// column has.
public final class BatchedClaims {
    private final AddressSpace space;
    private final List<Term> terms;
    private final PrivateValue value;

    /// @param column the column
    /// @param point coordinates inside a piece, as many as the column's piece bits; zeros above a padded tile
    /// @param first piece that the first weight belongs to
    /// @param weights of pieces first, first + 1, ..., gamma powers included; a piece without one has the weight 0
    public record Term(Column column, QM31[] point, int first, QM31[] weights) {
        /// The weight of a piece of the column.
        public QM31 weight(int piece) {
            int i = piece - first;
            return i >= 0 && i < weights.length ? weights[i] : QM31.ZERO;
        }
    }

    private BatchedClaims(AddressSpace space, List<Term> terms, PrivateValue value) {
        this.space = space;
        this.terms = terms;
        this.value = value;
    }

    /// Combines the claims with powers of gamma, claim j with gamma^j.
    ///
    /// @throws IllegalArgumentException if a claim's column is in neither matrix
    public static BatchedClaims of(AddressSpace space, List<Claim> claims, QM31 gamma) {
        record Place(Column column, List<QM31> point, int first, int tiles) {}
        Map<Place, Term> terms = new LinkedHashMap<>();
        QM31 power = QM31.ONE;
        PrivateValue value = PrivateValue.ZERO;
        for (Claim claim : claims) {
            Column c = claim.column();
            MatrixLayout layout = space.layout(c);
            if (!layout.contains(c)) {
                throw new IllegalArgumentException("claim about column " + c.name() + ", which is not committed");
            }
            QM31[] point = point(claim.low(), layout.pieceBits(c));
            int parts = layout.parts(c);
            Place at = new Place(c, List.of(claim.low()), claim.first(), claim.weights().length);
            Term term = terms.computeIfAbsent(at, place -> {
                QM31[] zeros = new QM31[place.tiles * parts];
                Arrays.fill(zeros, QM31.ZERO);
                return new Term(c, point, place.first * parts, zeros);
            });
            addWeights(term.weights(), claim, point.length, parts, power);
            value = value.add(claim.value().mul(power));
            power = power.mul(gamma);
        }
        return new BatchedClaims(space, List.copyOf(terms.values()), value);
    }

    private static QM31[] point(QM31[] low, int bits) {
        QM31[] point = Arrays.copyOf(low, bits);
        for (int i = low.length; i < bits; i++) {
            point[i] = QM31.ZERO;
        }
        return point;
    }

    private static void addWeights(QM31[] weights, Claim claim, int bits, int parts, QM31 power) {
        QM31[] low = claim.low();
        QM31[] split = parts == 1 ? new QM31[] {QM31.ONE} : Eq.table(Arrays.copyOfRange(low, bits, low.length));
        for (int t = 0; t < claim.weights().length; t++) {
            if (!claim.weights()[t].isZero()) {
                QM31 scaled = power.mul(claim.weights()[t]);
                for (int part = 0; part < parts; part++) {
                    int i = t * parts + part;
                    weights[i] = weights[i].add(parts == 1 ? scaled : scaled.mul(split[part]));
                }
            }
        }
    }

    public AddressSpace space() {
        return space;
    }

    public List<Term> terms() {
        return terms;
    }

    /// The claimed value of the batched sum.
    public PrivateValue value() {
        return value;
    }

    /// W(r), summed over all pieces.
    ///
    /// @param r `space.variables()` coordinates
    public QM31 weightAt(QM31[] r) {
        int k = space.k();
        QM31[] rows = Eq.table(Arrays.copyOfRange(r, k, r.length));
        Map<Integer, QM31[]> slots = new HashMap<>();
        Map<Column, QM31[]> places = new HashMap<>();
        QM31 sum = QM31.ZERO;
        for (Term term : terms) {
            int bits = term.point().length;
            QM31[] place = places.computeIfAbsent(term.column(), c -> {
                QM31[] slot = slots.computeIfAbsent(bits, s -> Eq.table(Arrays.copyOfRange(r, s, k)));
                QM31[] eq = new QM31[c.shape().tileCount() * space.layout(c).parts(c)];
                for (int i = 0; i < eq.length; i++) {
                    long address = space.address(c, i);
                    eq[i] = rows[(int) (address >>> k)].mul(slot[(int) ((address & ((1L << k) - 1)) >>> bits)]);
                }
                return eq;
            });
            QM31 inner = QM31.ZERO;
            for (int i = 0; i < term.weights().length; i++) {
                if (!term.weights()[i].isZero()) {
                    inner = inner.add(term.weights()[i].mul(place[term.first() + i]));
                }
            }
            sum = sum.add(inner.mul(Eq.eval(term.point(), Arrays.copyOf(r, bits))));
        }
        return sum;
    }
}
