/// Batches on a cluster of Apache Spark: one task is one line. The only package that sees Spark.
package dev.chagres.gpt2.cluster;
