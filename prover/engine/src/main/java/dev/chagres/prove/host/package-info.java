/// What the prover uses of the machine it runs on: kernels, large memory, threads. One owner of each, handed down by
/// the engine; nothing is process-wide.
package dev.chagres.prove.host;
