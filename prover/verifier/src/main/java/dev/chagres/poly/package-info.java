/// Symbolic sumcheck statements: expressions over named multilinear polynomials, without data.
///
/// A [Statement] says that an [Expression] sums to a claimed value over a Boolean cube. Prover and verifier build
/// the same object; the prover binds data to its [Factor]s, the verifier derives the degree of every round and the
/// final check from it.
package dev.chagres.poly;
