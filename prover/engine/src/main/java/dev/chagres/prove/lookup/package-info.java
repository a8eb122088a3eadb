/// The prover of LogUp-GKR lookups.
///
/// [MultiplicityCounter] fills the multiplicities before commitment. A [LeafFiller] produces leaves of a fraction tree on
/// demand: [SegmentLeaves] for looked-up tuples, [TableLeaves] for tables. [FractionTreeProver] builds the tree and proves it
/// layer by layer from the root; [LayerProver] runs the sumcheck of one layer over [LayerRounds].
///
/// Leaves are never kept: they are made once to build the tree and once more when their layer is proved. Looked-up leaves have
/// numerator one, so that their layer needs denominators only ([UnitRounds]).
package dev.chagres.prove.lookup;
