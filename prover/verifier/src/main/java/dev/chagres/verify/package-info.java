/// The verifier: scalar, single-threaded, JDK only, independent of every prover class.
package dev.chagres.verify;
