/// The compiled computation: operations, the sections they are proved in, and what both parties can do.
///
/// An [Operation] is one class that knows its committed columns, its lookups, its integer evaluation and how its claims
/// reduce. Reductions are written once against [Party] and run by the prover and by the verifier; the only values that
/// a reduction can bring into a proof are evaluations of committed columns and sumcheck rounds, so nothing stays
/// unconnected. A [Reduction] may be about several operations of a section, and leave a [DeferredTerm] to be proved
/// with those of other sections ([DeferredReduction]).
package dev.chagres.graph;
