/// The prover of symbolic sumchecks.
///
/// [SumcheckProver] owns the transcript and the order of messages. [FactorTables] binds data to the factors of a
/// statement; [ColumnPartial] evaluates committed tensors at their fixed axes. A [FactorTable] holds a factor over the part of
/// the cube that it depends on; [RoundSum] evaluates the simplified expression ([TermSum]) over both halves of the cube in
/// chunks, and [ScalarRounds] finishes the last rounds, whose halves are below one block of the kernels.
package dev.chagres.prove.sumcheck;
