package dev.chagres.graph.op;

import dev.chagres.field.QM31;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Operation;
import dev.chagres.graph.Party;
import dev.chagres.graph.ProductReduction;
import dev.chagres.graph.Reduction;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Projections of one input, whose matrix products share a sumcheck ([ProductReduction]): their remainders are looked
/// up at the same rows of one leaf point.
public final class ProjectionReduction implements Reduction {
    private final String name;
    private final List<Projection> projections;

    /// @param name stands for an operation in the tags of the proof
    public ProjectionReduction(String name, List<Projection> projections) {
        this.name = name;
        this.projections = List.copyOf(projections);
    }

    @Override
    public List<Operation> operations() {
        return List.copyOf(projections);
    }

    @Override
    public Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection {
        List<ProductReduction.Claimed> products = new ArrayList<>();
        for (Projection p : projections) {
            products.add(p.accumulator(party, claims));
        }
        ProductReduction.reduce(party, name + "/acc", products);
        return Kept.NOTHING;
    }
}
