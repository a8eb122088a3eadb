/// The verifier of proofs: verifying key, proof file, verdict. Scalar, single-threaded, JDK only; depends on no prover
/// class.
///
/// ```
/// Verdict verdict = VerifyingKey.open(Path.of("model.vk")).verify(Path.of("p.proof"));
/// ```
///
/// Verifying bytes touches neither files nor threads: files are read by one class, for the methods that take a path.
package dev.chagres.proof;
