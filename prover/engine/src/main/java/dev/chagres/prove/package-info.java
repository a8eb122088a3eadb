/// Inference and proving on integers: what a host program uses.
package dev.chagres.prove;
