/// From float weights to the integer model.
///
/// [dev.chagres.gpt2.quantize.Quantizer] runs three passes, each of which holds one transformer block at a time:
/// [dev.chagres.gpt2.quantize.Calibration] measures ranges on sample texts, a survey of the matrices that write to
/// the residual stream fixes its unit, and the last pass folds, scales and rounds every matrix. The result is
/// proved by [dev.chagres.gpt2.model.IntervalCheck]; [dev.chagres.gpt2.quantize.QuantizationReport] compares it
/// with the float model.
package dev.chagres.gpt2.quantize;
