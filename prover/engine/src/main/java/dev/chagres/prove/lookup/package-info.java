/// The prover of LogUp-GKR lookups.
///
/// [MultiplicityCounter] fills the multiplicities before commitment. [FractionTreeProver] proves a
/// [dev.chagres.prove.stage.FractionTree] layer by layer from the root; [LayerProver] runs the sumcheck of one layer
/// over [dev.chagres.prove.stage.LayerRounds].
///
/// The rest is the tree on a processor ([CpuFractionTree]). A [LeafFiller] produces leaves on demand: [SegmentLeaves]
/// for looked-up tuples, [TableLeaves] for tables, both interpreters of a [dev.chagres.prove.stage.LeafProgram]. Leaves
/// are never kept: they are made once to build the tree and once more when their layer is proved. Looked-up leaves have
/// numerator one, so that their layer needs denominators only ([UnitRounds]).
///
/// Layers that lie inside units of leaves ([dev.chagres.lookup.TreeLayout]) have [Strips] of nodes, of units that exist
/// only. In the two lowest ones, units whose leaves have one constant and one or two values ([LinearUnits]) are base
/// arithmetic with three rounds from one pass ([GridProducts], [GridNodes]); the others take the plain path
/// ([PlainProducts], [NodeRounds]).
///
/// A tree of tables of which little was looked up is a [SparseTree]: what it leaves out of its lowest layers are
/// [PlainUnits], whose share of a round follows from [CountdownPolynomials] ([SparseRounds]).
package dev.chagres.prove.lookup;
