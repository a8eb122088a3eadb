/// The float model in double precision: the yardstick for the integer model and the source of its calibration.
///
/// Plain loops over heap arrays, written to be compared with the GPT-2 paper's formulas rather than to be fast.
package dev.chagres.gpt2.reference;
