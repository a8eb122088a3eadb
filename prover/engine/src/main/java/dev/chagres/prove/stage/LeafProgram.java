package dev.chagres.prove.stage;

import dev.chagres.field.QM31;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.TupleComponent;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// The leaves of a fraction tree as data: for every tensor of the layout, what a leaf is in terms of the integers at
/// its position. Whoever builds the tree interprets it, as often as it likes.
public sealed interface LeafProgram {
    /// Where the leaves of a tensor lie, tensors in the order of the program; leaves that the layout lacks are 0/1.
    TreeLayout layout();

    /// Leaves of looked-up tuples, `1 / (constant + sum of weighted values)`.
    record Lookups(TreeLayout layout, List<Segment> segments) implements LeafProgram {}

    /// @param shape which positions exist
    /// @param constant c - beta^4 id and the offsets of all components
    /// @param terms one for each tensor of a component, weight -beta^i scale
    record Segment(Shape shape, QM31 constant, List<Term> terms) {}

    /// weight * value.
    record Term(QM31 weight, TensorView values) {}

    /// Leaves of lookup tables, `multiplicity / (constant + sum of weighted columns)`.
    record Tables(TreeLayout layout, List<Entries> tables) implements LeafProgram {}

    /// @param shape of the multiplicities: a slot for every entry, in whole tiles
    /// @param constant c - beta^4 id
    /// @param multiplicity one value a slot
    /// @param starts first entry of every tile
    record Entries(Shape shape, QM31 constant, IntTensor multiplicity, long[] starts, List<Key> keys) {}

    /// A weighted column of a table.
    sealed interface Key {
        /// -beta^i.
        QM31 weight();
    }

    /// A column of the model key; slots past its end are zero.
    record Stored(QM31 weight, IntTensor data) implements Key {}

    /// A column that follows from the number of the entry.
    record Computed(QM31 weight, TablePolynomial column) implements Key {}

    /// The layout of the tree of some lookups.
    static TreeLayout layoutOfLookups(List<Lookup> lookups) {
        return new TreeLayout(lookups.stream().map(Lookup::shape).toList());
    }

    /// The layout of the tree of some tables.
    static TreeLayout layoutOfTables(List<Table> tables) {
        return new TreeLayout(tables.stream().map(t -> t.multiplicity().shape()).toList());
    }

    /// 1 / (c - sum_i beta^i a_i - beta^4 id) for every looked-up tuple a.
    ///
    /// @param layout of the lookups' shapes, in this order
    /// @throws IllegalArgumentException if data and shapes do not fit
    static Lookups of(List<Lookup> lookups, TreeLayout layout, LookupChallenges challenges, TensorData data) {
        List<Segment> segments = new ArrayList<>();
        for (Lookup lookup : lookups) {
            QM31 constant = challenges.base(lookup.table());
            List<Term> terms = new ArrayList<>();
            for (int i = 0; i < lookup.components().size(); i++) {
                QM31 power = challenges.powers()[i];
                switch (lookup.components().get(i)) {
                    case TupleComponent.Linear l -> {
                        constant = constant.sub(power.mul(QM31.embed(l.offset())));
                        for (TupleComponent.Term t : l.terms()) {
                            terms.add(new Term(power.mul(QM31.embed(-t.scale())),
                                    TensorView.of(t.column(), data.of(t.column()), lookup.shape())));
                        }
                    }
                    case TupleComponent.Proved p -> terms.add(new Term(power.neg(),
                            TensorView.same(p.virtual().name(), data.of(p.virtual()), lookup.shape())));
                }
            }
            segments.add(new Segment(lookup.shape(), constant, List.copyOf(terms)));
        }
        return new Lookups(layout, List.copyOf(segments));
    }

    /// multiplicity / (c - sum_i beta^i column_i - beta^4 id) for every entry of a table.
    ///
    /// @param layout of the multiplicities' shapes, in the order of the tables
    /// @throws IllegalArgumentException if data and shapes do not fit
    static Tables ofTables(List<Table> tables, TreeLayout layout, LookupChallenges challenges, TensorData data) {
        List<Entries> all = new ArrayList<>();
        for (Table t : tables) {
            List<Key> keys = new ArrayList<>();
            for (int i = 0; i < t.columns().size(); i++) {
                QM31 weight = challenges.powers()[i].neg();
                keys.add(t.columns().get(i) instanceof TablePolynomial.Stored k
                        ? new Stored(weight, KeyColumns.data(t, k, data::of))
                        : new Computed(weight, t.columns().get(i)));
            }
            Shape shape = t.multiplicity().shape();
            IntTensor multiplicity = data.of(t.multiplicity());
            if (multiplicity.size() != shape.size()) {
                throw new IllegalArgumentException("multiplicities of table " + t + ": " + multiplicity.size()
                        + " values instead of " + shape.size());
            }
            all.add(new Entries(shape, challenges.base(t), multiplicity, t.starts(), List.copyOf(keys)));
        }
        return new Tables(layout, List.copyOf(all));
    }
}
