/// Symbolic sumcheck statements: expressions over named multilinear polynomials, without data of columns.
///
/// A [Statement] says that an [Expression] sums to a claimed value over a Boolean cube. Prover and verifier build
/// the same object; the prover binds data to its [Factor]s, the verifier derives the degree of every round and the
/// final check from it. A factor is a description without data of columns and without code that makes data: its
/// interfaces are sealed down to the few kinds that every prover knows.
package dev.chagres.poly;
