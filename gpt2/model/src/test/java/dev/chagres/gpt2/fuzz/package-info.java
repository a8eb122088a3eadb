/// Fuzz targets (Jazzer) of everything that reads bytes from outside. The ordinary tests replay the corpus in the test
/// resources; the build also searches for a few seconds (docs/fuzzing.md).
package dev.chagres.gpt2.fuzz;
