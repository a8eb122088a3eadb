/// Values that follow from messages of a prover, and what is required of them.
package dev.chagres.relation;
