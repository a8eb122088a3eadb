package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.TilePoint;
import dev.chagres.transcript.Rejection;
import java.util.List;

/// A [Party] that can also run the fraction trees of a section.
public interface SectionParty extends Party {
    /// Runs the tree of a section's lookups.
    FractionTreeVerifier.Result lookupTree(List<Lookup> segments, TreeLayout layout, LookupChallenges challenges)
            throws Rejection;

    /// Runs the tree of all tables.
    FractionTreeVerifier.Result tableTree(List<Table> tables, TreeLayout layout, LookupChallenges challenges)
            throws Rejection;

    /// The value of a table column that is no committed one, at the leaf point of its table.
    default QM31 evaluate(TablePolynomial column, TilePoint at, long[] starts) {
        return column.evaluate(at.low(), at.weights(), starts);
    }

    /// The value of a virtual tensor at a point, sent by the prover; the caller proves it.
    PrivateValue virtual(VirtualTensor tensor, TilePoint at) throws Rejection;
}
