package dev.chagres.graph;

import dev.chagres.lookup.LeafClaim;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// How everything about some operations of a section is proved that their lookups leave open.
///
/// Most operations reduce alone. Those whose statements have something in common, such as projections of one input,
/// share a reduction and its messages. What has much in common with statements of *other* sections is put off: the
/// reduction says nothing about it in the fork of its section, and hands it over as [#deferred] terms, which
/// [DeferredReduction] proves together once the messages of all sections are fixed.
public interface Reduction {
    /// The operations that it is about, in evaluation order.
    List<Operation> operations();

    /// Proves, or checks, everything but what is deferred.
    ///
    /// @param party prover or verifier
    /// @param claims what the fraction tree claims about each virtual tensor of the operations
    /// @return what [#deferred] needs, the same for both parties; [Kept#NOTHING] if it needs nothing
    /// @throws Rejection if a check fails
    Kept reduce(Party party, Function<VirtualTensor, LeafClaim> claims) throws Rejection;

    /// What is left to be proved after the join of all sections.
    ///
    /// @param kept what [#reduce] has returned
    default List<DeferredTerm> deferred(Kept kept) {
        return List.of();
    }

    /// The columns of the deferred terms, whatever was kept; few and small ones, since the stage after the join has
    /// those of all sections in memory.
    default List<Column> deferredColumns() {
        return List.of();
    }

    /// The reductions of a section: a group of operations where the first of them stands, all others alone.
    ///
    /// @param operations of the section, in evaluation order
    /// @param groups reductions of several of them
    static List<Reduction> of(List<Operation> operations, List<? extends Reduction> groups) {
        List<Reduction> result = new ArrayList<>();
        for (Operation o : operations) {
            Reduction own = o;
            for (Reduction group : groups) {
                own = group.operations().contains(o) ? group : own;
            }
            if (!result.contains(own)) {
                result.add(own);
            }
        }
        return result;
    }
}
