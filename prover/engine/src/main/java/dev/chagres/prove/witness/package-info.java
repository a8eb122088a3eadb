/// The integers of a run: inference that writes every committed value ([dev.chagres.prove.witness.IntegerRun]), and the
/// tensors that it fills ([dev.chagres.prove.witness.Witness]).
package dev.chagres.prove.witness;
