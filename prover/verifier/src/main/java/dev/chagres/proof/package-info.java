/// The verifier of GPT-2 proofs: verifying key, proof file, verdict. Scalar, single-threaded, JDK only; depends on no prover
/// class.
package dev.chagres.proof;
