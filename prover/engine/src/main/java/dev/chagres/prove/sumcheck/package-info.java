/// The prover of symbolic sumchecks.
///
/// [SumcheckProver] owns the transcript, the order of messages and what is factored out of a round; [ScalarRounds]
/// finishes the last rounds. What lies between, on whole tables, is a [dev.chagres.prove.stage.StatementRounds].
///
/// The rest is that stage on a processor ([CpuStatementRounds]). [FactorTables] binds data to the factors of a
/// statement; [ColumnPartial] evaluates committed tensors at their fixed axes, [OneHotTable] reads committed
/// bits. A [FactorTable] holds a factor over the part of the cube that it depends on; [RoundSum] evaluates the
/// simplified expression ([dev.chagres.prove.stage.TermSum]) over both halves of the cube in chunks.
package dev.chagres.prove.sumcheck;
