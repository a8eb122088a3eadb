/// The float model in double precision: the yardstick for the integer model and the source of its calibration.
///
/// Plain loops over heap arrays. Every sum runs in index order and every transcendental function is [StrictMath]'s,
/// so results are the same to the last bit on every machine, with any number of threads, and whether a sequence is
/// computed at once or token by token.
package dev.chagres.gpt2.reference;
