/// The integer model: the program that is proved, its file, and its plainest interpreter.
///
/// [dev.chagres.gpt2.model.IntegerModel] holds integers only; real numbers in it (units, epsilon) are
/// information that no computation reads. [dev.chagres.gpt2.model.IntegerModelFile] stores it canonically,
/// [dev.chagres.gpt2.model.IntervalCheck] proves that no accumulator can leave its interval, and
/// [dev.chagres.gpt2.model.ReferenceInference] runs it in loops over `long`.
package dev.chagres.gpt2.model;
