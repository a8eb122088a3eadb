/// Batches and single proofs on one, two and more executors of this machine.
package dev.chagres.bench.cluster;
