package dev.chagres.proof;

import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredReduction;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Section;
import dev.chagres.graph.SectionParty;
import dev.chagres.graph.SectionReduction;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Point;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Walks through the reductions of a graph without a proof and counts what the verifier draws and receives: the
/// values are meaningless, the numbers of challenges, rounds, claims and elements are those of every proof of this
/// graph.
final class ChallengeCount implements SectionParty {
    /// No more statements are batched by a challenge that does not say how many.
    static final int LEAST_BATCH = 512;
    /// Any non-zero element.
    private static final QM31 ANY = new QM31(3, 1, 4, 1);
    private static final PrivateValue MESSAGE = PrivateValue.known(ANY);

    private final SortedMap<Integer, Long> rounds = new TreeMap<>();
    private final SortedMap<Integer, Long> points = new TreeMap<>();
    private final SortedMap<Integer, Long> batchings = new TreeMap<>();
    private long treeLayers;
    private long treeRounds;
    private long claims;
    private long elements;

    static ChallengeCount of(Graph graph) {
        ChallengeCount count = new ChallengeCount();
        QM31[] powers = new QM31[LookupChallenges.MAX_COMPONENTS];
        Arrays.fill(powers, ANY);
        LookupChallenges challenges = new LookupChallenges(ANY, powers, ANY);
        try {
            List<List<Kept>> kept = new ArrayList<>();
            for (Section section : graph.sections()) {
                kept.add(SectionReduction.lookups(count, section, challenges).kept());
            }
            SectionReduction.tables(count, graph.tables(), challenges);
            DeferredReduction.reduce(count, graph, kept);
        } catch (Rejection e) {
            throw new IllegalStateException("a walk without a proof rejects nothing", e);
        }
        return count;
    }

    /// Sumcheck rounds by degree.
    SortedMap<Integer, Long> rounds() {
        return rounds;
    }

    /// Random points by number of coordinates.
    SortedMap<Integer, Long> points() {
        return points;
    }

    /// Single challenges whose powers batch statements, by the number of statements they are counted for: at least
    /// [#LEAST_BATCH].
    SortedMap<Integer, Long> batchings() {
        return batchings;
    }

    /// Layers of all fraction trees; each draws one challenge to merge numerator and denominator and one to merge
    /// children.
    long treeLayers() {
        return treeLayers;
    }

    /// Sumcheck rounds of all fraction trees, of degree 3.
    long treeRounds() {
        return treeRounds;
    }

    /// Claims against the commitments.
    long claims() {
        return claims;
    }

    /// Field elements that are received.
    long elements() {
        return elements;
    }

    @Override
    public QM31 challenge(String tag) {
        return batching(tag, LEAST_BATCH);
    }

    @Override
    public QM31 batching(String tag, int terms) {
        batchings.merge(Math.max(LEAST_BATCH, terms), 1L, Long::sum);
        return ANY;
    }

    @Override
    public QM31[] challenges(String tag, int n) {
        if (n > 0) {
            points.merge(n, 1L, Long::sum);
        }
        return any(n);
    }

    @Override
    public PrivateValue open(Column column, TilePoint at) {
        elements++;
        claims++;
        return MESSAGE;
    }

    @Override
    public void claim(Column column, TilePoint at, QM31 value) {
        claims++;
    }

    /// No value is needed, and those of large tables take time.
    @Override
    public QM31 evaluate(TablePolynomial column, TilePoint at, long[] starts) {
        return ANY;
    }

    @Override
    public PrivateValue virtual(VirtualTensor tensor, TilePoint at) {
        elements++;
        return MESSAGE;
    }

    @Override
    public SumcheckResult sumcheck(String tag, Statement statement, PrivateValue claim) {
        for (int degree : statement.degrees()) {
            rounds.merge(degree, 1L, Long::sum);
            elements += degree;
        }
        Map<DerivedFactor, PrivateValue> derived = new HashMap<>();
        for (Factor f : statement.expression().factors()) {
            if (f instanceof DerivedFactor d) {
                derived.put(d, MESSAGE);
                elements++;
            } else if (f instanceof ColumnFactor) {
                elements++;
                claims++;
            }
        }
        return new SumcheckResult(Point.split(statement.variables(), any(statement.bits())), derived);
    }

    @Override
    public void require(String check, PrivateValue actual, PrivateValue expected) {
        // Nothing can be required of values that stand for nothing.
    }

    @Override
    public FractionTreeVerifier.Result lookupTree(
            List<Lookup> segments, TreeLayout layout, LookupChallenges challenges) {
        return tree(layout.bits());
    }

    @Override
    public FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges) {
        return tree(layout.bits());
    }

    private FractionTreeVerifier.Result tree(int bits) {
        treeLayers += bits;
        treeRounds += (long) bits * (bits - 1) / 2;
        // the root, the children of every layer, two coefficients a round
        elements += 2 + 4L * bits + (long) bits * (bits - 1);
        return FractionTreeVerifier.Result.known(ANY, ANY, any(bits), ANY, ANY);
    }

    private static QM31[] any(int n) {
        QM31[] values = new QM31[n];
        Arrays.fill(values, ANY);
        return values;
    }
}
