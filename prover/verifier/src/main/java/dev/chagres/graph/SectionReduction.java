package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.LeafPoint;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// From a fraction tree to claims about columns, the same for both parties.
public final class SectionReduction {
    private SectionReduction() {}

    /// The sum of the fractions of one tree.
    public record Fraction(PrivateValue numerator, PrivateValue denominator) {}

    /// A section that is proved but for what its reductions have put off.
    ///
    /// @param fraction sum of its lookups
    /// @param kept what each of its reductions has kept for [DeferredReduction]
    public record Reduced(Fraction fraction, List<Kept> kept) {}

    /// Proves the lookups of a section, then reduces its operations.
    ///
    /// @throws Rejection `lookup/leaf-...` or a check of an operation
    public static Reduced lookups(SectionParty role, Section section, LookupChallenges challenges) throws Rejection {
        List<Lookup> segments = section.segments();
        TreeLayout layout = new TreeLayout(segments.stream().map(Lookup::shape).toList());
        FractionTreeVerifier.Result tree = role.lookupTree(segments, layout, challenges);
        LeafPoint leaf = layout.at(tree.point());
        Map<VirtualTensor, LeafClaim> claims = new IdentityHashMap<>();
        QM31 numerator = QM31.ZERO;
        PrivateValue denominator = PrivateValue.ONE;
        for (int s = 0; s < segments.size(); s++) {
            Lookup segment = segments.get(s);
            TilePoint at = leaf.of(s);
            QM31 total = at.total();
            numerator = numerator.add(total);
            denominator = denominator.sub(total).add(challenges.base(segment.table()).mul(total));
            for (int i = 0; i < segment.components().size(); i++) {
                PrivateValue value = switch (segment.components().get(i)) {
                    case TupleComponent.Linear linear -> linear(role, linear, segment.shape(), at);
                    case TupleComponent.Proved proved -> {
                        PrivateValue v = role.virtual(proved.virtual(), at);
                        claims.put(proved.virtual(), new LeafClaim(at, v));
                        yield v;
                    }
                };
                denominator = denominator.sub(value.mul(challenges.powers()[i]));
            }
        }
        role.require("lookup/leaf-numerator", tree.numerator(), PrivateValue.known(numerator));
        role.require("lookup/leaf-denominator", tree.denominator(), denominator);
        List<Kept> kept = new ArrayList<>();
        for (Reduction reduction : section.reductions()) {
            kept.add(reduction.reduce(role, claims::get));
        }
        return new Reduced(new Fraction(tree.rootNumerator(), tree.rootDenominator()), kept);
    }

    private static PrivateValue linear(SectionParty role, TupleComponent.Linear linear, Shape shape, TilePoint at)
            throws Rejection {
        PrivateValue sum = PrivateValue.known(at.total().mul(QM31.embed(linear.offset())));
        for (TupleComponent.Term term : linear.terms()) {
            Shape to = term.column().shape();
            PrivateValue value = role.open(term.column(), to == shape ? at : at.project(shape, to));
            sum = sum.add(value.mul(QM31.embed(term.scale())));
        }
        return sum;
    }

    /// Proves the table side: multiplicities over the denominators of all entries.
    ///
    /// @throws Rejection `lookup/table-...`
    public static Fraction tables(SectionParty role, List<Table> tables, LookupChallenges challenges) throws Rejection {
        TreeLayout layout = new TreeLayout(tables.stream().map(t -> t.multiplicity().shape()).toList());
        FractionTreeVerifier.Result tree = role.tableTree(tables, layout, challenges);
        LeafPoint leaf = layout.at(tree.point());
        PrivateValue numerator = PrivateValue.ZERO;
        PrivateValue denominator = PrivateValue.ONE;
        for (int s = 0; s < tables.size(); s++) {
            Table table = tables.get(s);
            TilePoint at = leaf.of(s);
            QM31 total = at.total();
            numerator = numerator.add(role.open(table.multiplicity(), at));
            denominator = denominator.sub(total).add(challenges.base(table).mul(total));
            for (int i = 0; i < table.columns().size(); i++) {
                PrivateValue value = switch (table.columns().get(i)) {
                    case TablePolynomial.Key key -> {
                        Column c = key.column();
                        yield role.open(c, new TilePoint(at.low(), Arrays.copyOf(at.weights(), c.shape().tileCount())));
                    }
                    case TablePolynomial closed ->
                            PrivateValue.known(role.evaluate(closed, at, table.starts()));
                };
                denominator = denominator.sub(value.mul(challenges.powers()[i]));
            }
        }
        role.require("lookup/table-numerator", tree.numerator(), numerator);
        role.require("lookup/table-denominator", tree.denominator(), denominator);
        return new Fraction(tree.rootNumerator(), tree.rootDenominator());
    }

    /// Whether the lookups of all sections are balanced by the tables: sum P_l/Q_l = P_T/Q_T.
    public static boolean balanced(List<Fraction> lookups, Fraction tables) {
        QM31 sum = QM31.ZERO;
        for (Fraction f : lookups) {
            sum = sum.add(quotient(f));
        }
        return sum.equals(quotient(tables));
    }

    private static QM31 quotient(Fraction f) {
        return f.numerator().number().mul(f.denominator().number().inv());
    }
}
