/// The Fiat-Shamir transcript and the two ends of the proof stream.
///
/// Every message is tagged and length-prefixed, so the encoding is injective. The prover's [ProverChannel] absorbs
/// what it writes, the verifier's [VerifierChannel] absorbs what it reads; both draw the same challenges.
package dev.chagres.transcript;
