/// The scalar functions and intervals of the integer program, shared by the engines, the quantiser and the
/// proof; each is a few lines of exact `long` arithmetic with its range written down.
package dev.chagres.semantics;
