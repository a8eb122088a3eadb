/// What quantisation costs: an integer model, run by the engine whose rows are proved, beside its float model on the
/// same windows of a text. All comparisons are paired, with standard errors.
///
/// [dev.chagres.gpt2.evaluate.Evaluation] measures windows of a text, [dev.chagres.gpt2.evaluate.LastWords] the LAMBADA
/// task (Paperno et al., "The LAMBADA dataset", 2016).
package dev.chagres.gpt2.evaluate;
