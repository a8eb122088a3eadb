/// Batches and single proofs on a cluster of Apache Spark: a task is a line of a batch, or a job of a proof.
/// The only package that sees Spark.
package dev.chagres.gpt2.cluster;
