/// Whole proofs of a synthetic model, measured: setup, inference, proof, verification, memory, phases.
package dev.chagres.bench.e2e;
