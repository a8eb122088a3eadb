/// Integers of tensors in memory of the host, stored or looked up, and what is computed of them: residues, sums with
/// weights, multilinear extensions.
package dev.chagres.prove.data;
