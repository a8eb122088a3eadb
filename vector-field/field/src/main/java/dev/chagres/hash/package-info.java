/// Hashing on the JDK alone: the scalar BLAKE3 the verifier uses.
package dev.chagres.hash;
